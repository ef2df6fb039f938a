"""Office files are archives: packed anew, so that the same parts give the same bytes, whatever the clock says."""

from __future__ import annotations

import io
import re
import zipfile

_DAY = (1980, 1, 1, 0, 0, 0)
_WHEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_EPOCH = rb"\g<1>2000-01-01T00:00:00Z\g<3>"


def evenly_packed(archive: bytes, mark: bytes = b"") -> bytes:
    """The archive with its parts in their order, no times, and ``mark`` as its comment, the last bytes of the file.

    Workbooks within it, as behind the charts of slides, are packed the same way. A program that saves the file anew
    drops the comment: so a file that somebody has worked on is told from one that was only written.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename.endswith(".xlsx"):
                part = evenly_packed(part)
            elif info.filename == "docProps/core.xml":
                part = _WHEN.sub(_EPOCH, part)
            own = zipfile.ZipInfo(info.filename, _DAY)
            own.compress_type = zipfile.ZIP_DEFLATED
            own.external_attr = 0o600 << 16
            own.create_system = 3
            new.writestr(own, part)
        new.comment = mark
    return packed.getvalue()
