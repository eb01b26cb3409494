"""Files from strangers: what is taken, what is refused, and with which words."""

from __future__ import annotations

import contextlib
import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kyc.vision.images import CleanImage, ImageLimits, ImageRefused, SourceType, read_image

ORIENTATION = 0x0112
MAKE = 0x010F
SMALL = ImageLimits(min_side_px=8)


def picture(width: int = 400, height: int = 320) -> Image.Image:
    """Red at the left, blue at the right, a white square in the upper left corner."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (220, 20, 30)
    pixels[:, width // 2 :] = (20, 30, 220)
    pixels[: height // 4, : width // 4] = 255
    return Image.fromarray(pixels)


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def heic(image: Image.Image) -> bytes:
    stream = io.BytesIO()
    pillow_heif.from_pillow(image).save(stream, quality=90)
    return stream.getvalue()


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of_size(width: int, height: int) -> bytes:
    """A few hundred bytes whose header promises a picture of that size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(b"\x00" * 100_000))
        + png_chunk(b"IEND", b"")
    )


def colours(image: CleanImage) -> tuple[str, str]:
    """Colour in the middle of the left and of the right edge."""
    middle = image.height_px // 2
    return name_of(image.pixels[middle, 5]), name_of(image.pixels[middle, -5])


def name_of(bgr: np.ndarray) -> str:
    blue, _, red = (int(value) for value in bgr)
    return "white" if min(blue, red) > 200 else "red" if red > blue else "blue"


def refusal(data: bytes, limits: ImageLimits = ImageLimits()) -> ImageRefused:  # noqa: B008
    with pytest.raises(ImageRefused) as caught:
        read_image(data, limits)
    return caught.value


@pytest.mark.parametrize(
    ("data", "source_type"),
    [
        (encoded(picture(), "JPEG", quality=95), SourceType.JPEG),
        (encoded(picture(), "JPEG", quality=95, progressive=True), SourceType.JPEG),
        (encoded(picture(), "PNG"), SourceType.PNG),
        (encoded(picture(), "WEBP", quality=95), SourceType.WEBP),
        (heic(picture()), SourceType.HEIC),
    ],
    ids=["jpeg", "progressive-jpeg", "png", "webp", "heic"],
)
def test_it_decodes_each_kind_by_its_content(data: bytes, source_type: SourceType) -> None:
    image = read_image(data)

    assert image.source_type is source_type
    assert (image.width_px, image.height_px) == (400, 320)
    assert image.pixels.shape == (320, 400, 3)
    assert image.pixels.dtype == np.uint8
    assert colours(image) == ("red", "blue")


def test_the_first_picture_of_a_phone_s_double_jpeg_is_the_photograph() -> None:
    data = encoded(
        picture(), "MPO", quality=95, save_all=True, append_images=[picture().rotate(180)]
    )

    image = read_image(data)

    assert image.source_type is SourceType.JPEG
    assert colours(image) == ("red", "blue")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("L", (99, 99, 99)), ("1", (255, 255, 255)), ("I;16", (99, 99, 99))],
)
def test_it_makes_bgr_of_grey_pictures(mode: str, expected: tuple[int, int, int]) -> None:
    values = {"L": np.uint8(99), "1": np.uint8(255), "I;16": np.uint16(99 << 8)}
    gray = np.full((320, 320), values[mode])
    image = Image.fromarray(gray).convert("1") if mode == "1" else Image.fromarray(gray)

    decoded = read_image(encoded(image, "PNG"))

    assert tuple(decoded.pixels[100, 100]) == expected


def test_a_cmyk_jpeg_keeps_its_colours() -> None:
    image = read_image(encoded(picture().convert("CMYK"), "JPEG", quality=95))

    assert colours(image) == ("red", "blue")


def test_transparent_parts_become_white() -> None:
    image = picture().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 0))

    decoded = read_image(encoded(image, "PNG"))

    assert decoded.pixels.min() == 255


@pytest.mark.parametrize(
    ("orientation", "size", "expected"),
    [
        (1, (400, 320), ("red", "blue")),
        (2, (400, 320), ("blue", "red")),
        (3, (400, 320), ("blue", "red")),
        (4, (400, 320), ("red", "blue")),
    ],
)
def test_it_turns_the_picture_upright(
    orientation: int, size: tuple[int, int], expected: tuple[str, str]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    image = read_image(encoded(picture(), "JPEG", quality=95, exif=exif))

    assert (image.width_px, image.height_px) == size
    assert colours(image) == expected


@pytest.mark.parametrize(
    ("orientation", "white_corner"), [(5, (0, 0)), (6, (0, -1)), (7, (-1, -1)), (8, (-1, 0))]
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_it_turns_a_picture_taken_sideways(
    kind: str, orientation: int, white_corner: tuple[int, int]
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation

    image = read_image(encoded(picture(), kind, exif=exif))

    assert (image.width_px, image.height_px) == (320, 400)
    assert name_of(image.pixels[white_corner]) == "white"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_orientation_leaves_the_picture_as_it_is() -> None:
    data = encoded(picture(), "JPEG", quality=95, exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")

    assert colours(read_image(data)) == ("red", "blue")


def test_nothing_but_pixels_is_written_out() -> None:
    exif = Image.Exif()
    exif[MAKE] = "SECRETCAMERA"
    data = encoded(picture(), "JPEG", exif=exif, comment=b"SECRETCOMMENT") + b"SECRETTRAILER<?php"

    written = read_image(data).to_jpeg()

    assert b"SECRETCAMERA" in data
    assert b"SECRET" not in written
    assert b"<?php" not in written
    assert b"Exif" not in written
    assert read_image(written).source_type is SourceType.JPEG


def test_text_in_a_png_is_dropped() -> None:
    note = PngInfo()
    note.add_text("Location", "SECRETPLACE")

    assert b"SECRET" not in read_image(encoded(picture(), "PNG", pnginfo=note)).to_jpeg()


def test_an_empty_file_is_refused() -> None:
    refused = refusal(b"")

    assert refused.code == "empty_file"
    assert refused.sentence == "This file is empty; please choose the photo again."


def test_a_file_of_too_many_bytes_is_refused_before_it_is_looked_at() -> None:
    refused = refusal(b"\xff\xd8\xff" + b"0" * 1_000, ImageLimits(max_bytes=1_000))

    assert refused.code == "file_too_large"


def test_the_limit_itself_is_allowed() -> None:
    data = encoded(picture(), "PNG")

    limits = ImageLimits(max_bytes=len(data), max_pixels=400 * 320, min_side_px=320)

    assert read_image(data, limits).width_px == 400


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "A PDF"),
        (encoded(picture(), "GIF"), "A GIF"),
        (encoded(picture(), "TIFF"), "A TIFF"),
        (encoded(picture(), "BMP"), "A BMP"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp41", "A video"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf", "An AVIF picture"),
        (b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf", "An AVIF picture"),
        (b"\x1aE\xdf\xa3 webm", "A video"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "A web page or drawing"),
        (b"PK\x03\x04 a zip", "This kind of file"),
        (b"photo.jpg", "This kind of file"),
    ],
)
def test_another_type_is_refused_by_name(data: bytes, words: str) -> None:
    refused = refusal(data)

    assert refused.code == "unsupported_type"
    assert refused.sentence == (
        f"{words} cannot be used here; please upload a photo as JPEG, PNG, WebP or HEIC."
    )


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (7_100, 7_100), (65_000, 60_000)])
def test_a_decompression_bomb_is_refused_from_its_header(width: int, height: int) -> None:
    bomb = png_of_size(width, height)

    refused = refusal(bomb)

    assert len(bomb) < 1_000
    assert refused.code == "too_many_pixels"


def test_compressed_text_that_swells_is_refused() -> None:
    body = b"note\x00\x00" + zlib.compress(b"a" * 70_000_000, 9)
    data = encoded(picture(), "PNG")
    bomb = data[:33] + png_chunk(b"zTXt", body) + data[33:]

    assert refusal(bomb).code == "damaged"


def test_a_jpeg_of_thousands_of_scans_is_refused() -> None:
    data = encoded(picture(), "JPEG", progressive=True)
    start = data.index(b"\xff\xda")
    scan = data[start : data.index(b"\xff", start + 20)]

    assert refusal(data[:start] + scan * 3_000 + data[start:]).code == "too_complex"


def test_a_picture_too_small_to_read_is_refused_with_its_size() -> None:
    refused = refusal(encoded(picture(400, 200), "PNG"))

    assert refused.code == "too_small"
    assert refused.sentence == (
        "This picture is only 400 × 200 pixels; please upload one of at least 300 pixels on its "
        "shorter side."
    )


@pytest.mark.parametrize(("width", "height"), [(300, 70_000), (70_000, 300), (300, 1_801)])
def test_a_strip_is_refused_from_its_header(width: int, height: int) -> None:
    refused = refusal(png_of_size(width, height))

    assert refused.code == "too_long"
    assert refused.sentence == (
        f"This picture is {width} × {height} pixels, a long strip; please upload an ordinary photo."
    )


@pytest.mark.parametrize("size", [(1_800, 300), (300, 1_800)])
def test_a_picture_six_times_as_long_as_wide_is_still_taken(size: tuple[int, int]) -> None:
    image = read_image(encoded(picture(*size), "PNG"))

    assert (image.width_px, image.height_px) == size


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [picture(), picture().rotate(180)]

    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)

    assert refusal(data).code == "animated"


@pytest.mark.parametrize(
    "data",
    [
        encoded(picture(), "JPEG"), encoded(picture(), "PNG"), encoded(picture(), "WEBP"),
        heic(picture()),
    ],
    ids=["jpeg", "png", "webp", "heic"],
)  # fmt: skip
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_truncated_file_is_refused(data: bytes, share: float) -> None:
    refused = refusal(data[: max(16, int(len(data) * share))])

    assert refused.code == "damaged"
    assert refused.sentence == (
        "This file is damaged or incomplete; please take the photo again or choose another file."
    )


def test_a_file_that_is_two_kinds_at_once_is_only_ever_read_as_its_first() -> None:
    page = b"<script>alert(1)</script>"
    data = encoded(picture(), "JPEG", quality=95, comment=page) + b"PK\x03\x04" + page

    image = read_image(data)

    assert image.source_type is SourceType.JPEG
    assert page not in image.to_jpeg()


@pytest.mark.parametrize(
    "head", [b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\x00\x00\x00WEBP"]
)
@given(rest=st.binary(max_size=300))
def test_whatever_follows_a_picture_s_first_bytes_is_refused_and_never_crashes(
    head: bytes, rest: bytes
) -> None:
    assert refusal(head + rest, SMALL).code in {"damaged", "too_many_pixels", "too_small"}


@given(position=st.integers(min_value=12, max_value=2_000), value=st.integers(0, 255))
def test_one_wrong_byte_gives_a_picture_or_a_refusal(position: int, value: int) -> None:
    data = bytearray(encoded(picture(64, 64), "PNG"))
    data[position % len(data)] = value

    with contextlib.suppress(ImageRefused):
        assert read_image(bytes(data), SMALL).pixels.shape[2] == 3
