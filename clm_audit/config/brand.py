"""The client's logo: read, checked and rewritten without anything that is not picture."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Literal

from clm_audit.config.base import Frozen
from clm_audit.config.picture import BrokenPictureError, Picture, clean_jpeg, clean_png
from clm_audit.exits import UsageError

Language = Literal["en", "de", "fr", "es"]
"""The languages in whose formats numbers and dates can be written. Sentences stay English."""
Media = Literal["image/png", "image/jpeg"]
MOST_BYTES = 24_000  # in base64 a third more: the page is to stay under 300 kB


class Logo(Frozen):
    """A picture for the cover; ``data``: its bytes in base64. ``file``: as the configuration names it."""

    media: Media
    width: int
    height: int
    data: str
    file: str


def read_logo(path: Path, named: str, where: str) -> Logo:
    """The logo at ``path``, told by its content and not by its name; what a picture need not have is left out.

    Raises :class:`UsageError` at ``where``, about the file as it was ``named``, when it cannot be read, is too large,
    or is no sound PNG or JPEG.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        hint = "give a PNG or JPEG file, from the folder of the configuration"
        raise UsageError(f"report.logo: cannot read {named}: {error.strerror}", where=where, hint=hint) from error
    if len(data) > MOST_BYTES:
        hint = "save it smaller: 600 pixels in width are enough"
        raise UsageError(f"report.logo: {named} is larger than {MOST_BYTES // 1000} kB", where=where, hint=hint)
    try:
        media, picture = _picture(data)
    except BrokenPictureError as error:
        hint = "save it anew as PNG or JPEG with an image program"
        raise UsageError(f"report.logo: {named} {error}", where=where, hint=hint) from error
    encoded = base64.b64encode(picture.data).decode("ascii")
    return Logo(media=media, width=picture.width, height=picture.height, data=encoded, file=named)


def _picture(data: bytes) -> tuple[Media, Picture]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png", clean_png(data)
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", clean_jpeg(data)
    raise BrokenPictureError("is neither a PNG nor a JPEG picture")
