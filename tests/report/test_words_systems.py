"""What `clm-audit explain SYSTEM` says is what the preset says: nothing of it is left out."""

from __future__ import annotations

import pytest

from clm_audit.config.preset import load_presets
from clm_audit.report import words
from clm_audit.report.numbers import count


@pytest.mark.parametrize("name", load_presets())
def test_everything_that_a_user_should_know_is_printed(name: str) -> None:
    preset = load_presets()[name]
    text = words.explain(name) or ""
    assert f"{name} (system): {preset.title}" in text
    for kind, export in preset.objects.items():
        assert f"{kind.replace('_', ' ')}:" in text
        assert all(note in text for note in export.notes)
        assert all(count(cap) in text for cap in export.caps)
        for entry in export.recognise.required:
            headers = (entry,) if isinstance(entry, str) else entry
            assert all(header in text for header in headers if not header.startswith("re:"))
    assert all(sentence in text for sentence in preset.carries.values())


def test_systems_are_listed() -> None:
    listed = words.explain_list().split("Systems whose exports are known:")[1].split()
    assert set(load_presets()) <= set(listed)
