"""Words for what the data checks find: code -> (message, remedy)."""

from __future__ import annotations

from collections.abc import Mapping

from clm_audit.report import words_check_exports, words_check_people, words_check_stages, words_check_windows

MESSAGES: Mapping[str, tuple[str, str]] = {
    **words_check_exports.MESSAGES,
    **words_check_windows.MESSAGES,
    **words_check_people.MESSAGES,
    **words_check_stages.MESSAGES,
}
