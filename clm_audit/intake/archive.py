"""Zip archives: what they hold, checked before a byte is unpacked; members are unpacked to names of our own."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from clm_audit.exits import DataError
from clm_audit.intake.limits import (
    CHUNK,
    MAX_DECOMPRESSED,
    MAX_DIRECTORY,
    MAX_MEMBER_NAME,
    MAX_MEMBERS,
    MAX_RATIO,
    MAX_RATIO_FROM,
)

_UTF8_NAME, _LOCKED = 0x800, 0x1  # bits of a member's flags
_LOCAL_HEADER = 30  # bytes before a member's name and content
_DRIVE = re.compile(r"[A-Za-z]:")
_UNPACK = "unpack it and give the folder"
_AGAIN = "copy or export it again"
_READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Member:
    """A file of an archive. ``name`` has forward slashes; ``odd`` says why it is not to be read, or nothing."""

    info: zipfile.ZipInfo
    name: str
    odd: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The folders and the name of the file."""
        return PurePosixPath(self.name).parts


class Archive:
    """An open zip file whose directory has passed every check."""

    def __init__(self, file: zipfile.ZipFile, name: str) -> None:
        self._file, self._name = file, name
        infos = file.infolist()
        _check_size(infos, name)
        self.names = frozenset(_plain(info).lower() for info in infos)
        self.members = tuple(Member(info, _plain(info), _odd(info)) for info in infos if not _plain(info).endswith("/"))
        self._check_overlap(infos)

    @property
    def is_workbook(self) -> bool:
        """Whether this is the file of a spreadsheet program: XLSX, XLSB or ODS."""
        return not self.names.isdisjoint(("[content_types].xml", "xl/workbook.bin", "content.xml"))

    def check_workbook(self) -> None:
        """Refuse what is no XLSX."""
        if "[content_types].xml" not in self.names or "xl/workbook.bin" in self.names:
            raise DataError(
                "a workbook of another kind (XLSB or ODS)", where=self._name, hint="save it as .xlsx or CSV"
            )
        if not any(name.startswith("xl/") for name in self.names):
            raise DataError("a document, not a workbook", where=self._name, hint="save its table as .xlsx or CSV")

    def check_paths(self) -> None:
        """Refuse names that no export writes: ways out of the archive, zero bytes, the same name twice."""
        seen: set[str] = set()
        for member in self.members:
            fault = _path_fault(member)
            if fault is None and member.name in seen:
                fault = "two members have the same name, so nobody can say which one counts"
            if fault is not None:
                raise DataError(f"zip: {fault}", where=self._name, hint="look at what it holds before you unpack it")
            seen.add(member.name)

    def head(self, member: Member, size: int) -> bytes:
        """The first bytes of a member."""
        with self._damage(), self._file.open(member.info) as source:
            return source.read(size)

    def unpack(self, member: Member, target: Path) -> None:
        """Write a member to ``target``. Raises :class:`DataError` when its bytes are not those promised."""
        with self._damage(), self._file.open(member.info) as source, target.open("xb") as out:
            while piece := source.read(CHUNK):
                out.write(piece)

    def pieces(self, member: Member) -> Iterator[bytes]:
        """The bytes of a member, some megabytes at a time."""
        with self._damage(), self._file.open(member.info) as source:
            while piece := source.read(CHUNK):
                yield piece

    @contextmanager
    def _damage(self) -> Iterator[None]:
        with _readable(self._name):
            yield

    def _check_overlap(self, infos: Sequence[zipfile.ZipInfo]) -> None:
        """Members that share bytes let a small file unpack to an endless one."""
        spans = sorted((info.header_offset, info.header_offset + _LOCAL_HEADER + info.compress_size) for info in infos)
        limits = [*(start for start, _ in spans[1:]), self._file.start_dir]
        if any(stop > limit for (_, stop), limit in zip(spans, limits, strict=False)):
            raise DataError("zip: members overlap, which no export does", where=self._name, hint=_AGAIN)


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[Archive]:
    """The zip archive at ``path``; ``name`` is used in messages.

    Raises :class:`DataError` for damage and for what only a bomb has: too many members, members that
    overlap, absurd ratios.
    """
    with _Capped(path, name) as raw:
        with _readable(name):
            file = zipfile.ZipFile(raw)
        with file:
            yield Archive(file, name)


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Whatever the zip reader trips over becomes an error about the file."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OverflowError) as error:
        raise DataError("zip: the archive is damaged or cut", where=name, hint=_AGAIN) from error
    except (NotImplementedError, RuntimeError) as error:
        what = "zip: locked with a password, or packed in a way that is not read"
        raise DataError(what, where=name, hint=_UNPACK) from error


class _Capped(io.BufferedReader):
    """A file that refuses one huge read: the directory of an archive is read at once, whatever its size."""

    def __init__(self, path: Path, name: str) -> None:
        super().__init__(io.FileIO(path))
        self._where = name

    def read(self, size: int | None = -1) -> bytes:
        """As the file reads, up to the limit."""
        if size is not None and size > MAX_DIRECTORY:
            what = f"zip: a directory of {size:,} bytes, which no export has"
            raise DataError(what, where=self._where, hint=_UNPACK)
        return super().read(size)


def _check_size(infos: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(infos) > MAX_MEMBERS:
        what = f"zip: {len(infos):,} members; more than {MAX_MEMBERS:,} are not read"
        raise DataError(what, where=name, hint=_UNPACK)
    size, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if size > MAX_DECOMPRESSED or (size > MAX_RATIO_FROM and size > MAX_RATIO * max(packed, 1)):
        what = f"zip: {packed:,} bytes unpack to {size:,}, which no export does"
        raise DataError(what, where=name, hint="unpack it yourself if it is what it should be")


def _plain(info: zipfile.ZipInfo) -> str:
    """The name with forward slashes; UTF-8 that is not marked as such (macOS) is read as what it is."""
    name = info.filename
    if not info.flag_bits & _UTF8_NAME:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _odd(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "a link in an archive; it is not followed"
    if kind not in (0, stat.S_IFREG):
        return "not a regular file"
    if info.flag_bits & _LOCKED:
        return "locked with a password; unpack it and give the folder"
    return "" if info.compress_type in _READ else "packed in a way that is not read; unpack it and give the folder"


def _path_fault(member: Member) -> str | None:
    if "\0" in member.info.orig_filename:
        return "a member's name holds a zero byte"
    if len(member.name) > MAX_MEMBER_NAME:
        return f"a member's name has {len(member.name):,} characters"
    if member.name.startswith("/") or _DRIVE.match(member.name) or ".." in member.parts:
        return "a member's path leads out of the archive"
    return None
