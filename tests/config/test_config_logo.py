"""The logo of the configuration: what is a picture is kept pixel by pixel, what is none is refused in plain words."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from clm_audit.config.brand import MOST_BYTES, read_logo
from clm_audit.config.picture import BrokenPictureError, clean_jpeg, clean_png
from clm_audit.config.resolve import resolve
from clm_audit.exits import UsageError


def drawn(mode: str = "RGBA", size: tuple[int, int] = (60, 25)) -> Image.Image:
    image = Image.new("RGBA", size, (10, 90, 200, 128))
    for at in range(min(size)):
        image.putpixel((at, at), (at, 255 - at, 99, 255))
    return image.convert(mode)


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


PNG = saved(drawn(), "PNG")
JPEG = saved(drawn("RGB"), "JPEG")


def pixels(data: bytes) -> bytes:
    return Image.open(io.BytesIO(data)).convert("RGBA").tobytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_its_pixels(mode: str) -> None:
    data = saved(drawn("L").convert("I").convert("I;16") if mode == "I;16" else drawn(mode), "PNG")
    picture = clean_png(data)
    assert pixels(picture.data) == pixels(data)
    assert (picture.width, picture.height) == (60, 25)


@pytest.mark.parametrize(
    "more", [{}, {"progressive": True}, {"optimize": True, "quality": 30}, {"restart_marker_rows": 1}]
)
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_keeps_its_pixels(mode: str, more: dict[str, object]) -> None:
    data = saved(drawn("RGB").convert(mode), "JPEG", **more)
    picture = clean_jpeg(data)
    assert pixels(picture.data) == pixels(data)
    assert (picture.width, picture.height) == (60, 25)


def test_what_is_no_picture_is_left_out() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "a secret of the camera")
    png = clean_png(saved(drawn(), "PNG", pnginfo=notes) + b"a secret behind it").data
    exif = Image.Exif()
    exif[0x010F] = "a secret of the camera"
    jpeg = clean_jpeg(saved(drawn("RGB"), "JPEG", exif=exif, comment=b"a secret note") + b"a secret behind it").data
    assert b"secret" not in png + jpeg


@given(st.integers(0, len(PNG) - 1))
def test_a_cut_picture_is_refused(length: int) -> None:
    with pytest.raises(BrokenPictureError):
        clean_png(PNG[:length])
    with pytest.raises(BrokenPictureError):
        clean_jpeg(JPEG[: min(length, len(JPEG) - 1)])


@given(st.integers(8, len(PNG) - 1), st.integers(1, 255))
def test_a_changed_byte_of_a_png_is_noticed(place: int, change: int) -> None:
    data = bytearray(PNG)
    data[place] ^= change
    with pytest.raises(BrokenPictureError):
        clean_png(bytes(data))


@given(st.binary(max_size=200))
def test_anything_else_is_refused_and_never_breaks_the_program(data: bytes) -> None:
    for clean, head in ((clean_png, PNG[:33]), (clean_jpeg, JPEG[:60])):
        with pytest.raises(BrokenPictureError):
            clean(head + data)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, packed: bytes) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_a_picture_that_unpacks_to_more_than_it_says_is_refused() -> None:
    """And is not unpacked: a few kilobytes may hold gigabytes."""
    with pytest.raises(BrokenPictureError, match="more or fewer pixels"):
        clean_png(png(2, 2, zlib.compress(bytes(50_000_000))))
    with pytest.raises(BrokenPictureError, match="up to 2000"):
        clean_png(png(100_000, 100_000, zlib.compress(b"")))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "neither a PNG nor a JPEG"),
        (b"", "neither a PNG nor a JPEG"),
        (PNG[:50], "ends in the middle"),
        (PNG[:40] + b"x" + PNG[41:], "checksum"),
        (PNG + bytes(MOST_BYTES), "larger than 24 kB"),
        (None, "cannot read logo.png"),
    ],
)
def test_a_bad_logo_is_said_with_its_place_in_the_configuration(data: bytes | None, said: str, tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "c.yaml").write_text("go_live: 2024-07-01\nsources: [{path: exports}]\nreport:\n  logo: logo.png\n")
    if data is not None:
        (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(UsageError, match=said) as error:
        resolve([], tmp_path / "c.yaml", {}, {}, Path("/"))
    assert error.value.problems[0].where.endswith("c.yaml:4:9")
    assert error.value.problems[0].hint


def test_a_logo_is_known_by_its_content_and_read_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "logo.png").write_bytes(JPEG)
    (tmp_path / "c.yaml").write_text(
        'go_live: 2024-07-01\nsources: [{path: exports}]\nreport: {logo: logo.png, colour: "#0b5fff", language: de}\n'
    )
    style = resolve([], tmp_path / "c.yaml", {}, {}, Path("/")).report
    assert style.logo is not None
    assert (style.logo.media, style.logo.width, style.logo.height) == ("image/jpeg", 60, 25)
    assert pixels(base64.b64decode(style.logo.data)) == pixels(JPEG)
    assert (style.colour, style.language) == ("#0b5fff", "de")


def test_a_folder_is_no_logo(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_logo(tmp_path, "pictures", "c.yaml:1:1")
