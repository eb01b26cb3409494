"""Turn a file that a stranger sent into plain pixels, or refuse it with a sentence.

Nothing about the file is believed: not its name, not its declared type, not its header until it has
been held against the limits. Only pixels leave this module, so whatever else the file carries
(position, camera, thumbnails, a second file appended to it) ends here.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

Pixels = npt.NDArray[np.uint8]

# Progressive JPEGs as cameras and libraries write them have about ten scans. Each further scan
# makes the decoder walk the whole picture again: a small file with thousands of them keeps it busy
# for minutes.
MAX_JPEG_SCANS = 100

_HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
)
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


class SourceType(StrEnum):
    """The kinds of file that are taken; the value names them to people.

    PDF is a document's alone, and read by `kyc.vision.pdf_pages`.
    """

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WebP"
    HEIC = "HEIC"
    PDF = "PDF"


# The one Pillow plug-in that may touch a file of each type. That of JPEG also takes what phones
# write that keep a depth map behind the photograph (MPO), and gives the photograph.
_PLUGINS: dict[SourceType, tuple[str, ...]] = {
    SourceType.JPEG: ("JPEG",),
    SourceType.PNG: ("PNG",),
    SourceType.WEBP: ("WEBP",),
    SourceType.HEIC: ("HEIF",),
}


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What a file may be.

    `max_bytes` is above what phones write at full resolution (12–50 megapixel JPEGs: 3–14 MB).
    `max_pixels` bounds memory: three bytes a pixel decoded, twice that for a moment.
    `min_side_px` is the shorter side; below it no document and no face can be read.
    `max_elongation` is the longer side over the shorter: panoramas have 4, a zone cut out of its
    document 5.5. Engines that bring a picture to one width make much out of a narrow one.
    """

    max_bytes: int = 15_000_000
    max_pixels: int = 50_000_000
    min_side_px: int = 300
    max_elongation: float = 6.0

    def is_elongated(self, width_px: int, height_px: int) -> bool:
        """Whether a picture of that size is longer, for its other side, than any that is taken."""
        shorter, longer = sorted((width_px, height_px))
        return longer > self.max_elongation * shorter


DEFAULT_LIMITS = ImageLimits()


class ImageRefused(Exception):
    """A file that is not taken: `code` is stable, `sentence` tells the customer what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(frozen=True, slots=True, eq=False)
class CleanImage:
    """Pixels and nothing else.

    Attributes
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, 0–255, upright as the camera was held.
    width_px, height_px : int
    source_type : SourceType
        What the file was.
    """

    pixels: Pixels
    width_px: int
    height_px: int
    source_type: SourceType

    def to_jpeg(self, quality: int = 92) -> bytes:
        """The picture as a JPEG without metadata; `quality` is 0–100."""
        is_written, encoded = cv2.imencode(".jpg", self.pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if not is_written:
            raise ValueError("these pixels cannot be written as a JPEG")
        return bytes(encoded.tobytes())


def read_image(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> CleanImage:
    """Decode a photograph that may be hostile.

    1. Bytes are counted, the type is recognised from the content.
    2. Width, height and number of frames are read from the header and held against the limits.
    3. Only then are pixels decoded, by the one decoder for that type.
    4. The picture is turned upright as its EXIF orientation says and made BGR; all else is dropped.

    Parameters
    ----------
    data : bytes
        The file.
    limits : ImageLimits

    Returns
    -------
    CleanImage

    Raises
    ------
    ImageRefused
        With one of the codes ``empty_file``, ``file_too_large``, ``unsupported_type``,
        ``too_many_pixels``, ``too_long``, ``too_small``, ``animated``, ``too_complex``,
        ``damaged``.
    """
    _refuse_by_size(data, limits)
    source_type = source_type_of(data)
    if source_type is SourceType.JPEG and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise ImageRefused(
            "too_complex",
            "This JPEG is built in a way that no camera uses; please take a new photo.",
        )
    picture = _open(data, source_type)
    try:
        _refuse_by_header(picture, limits)
        pixels = _decode(picture)
    finally:
        picture.close()
    height, width = pixels.shape[:2]
    return CleanImage(pixels, width, height, source_type)


def source_type_of(data: bytes) -> SourceType:
    """The type of a picture by its first bytes.

    Raises
    ------
    ImageRefused
        With the code ``unsupported_type``, and a sentence that names the type where it is a
        well-known one.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return SourceType.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return SourceType.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return SourceType.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS and not _is_avif(data):
        return SourceType.HEIC
    raise ImageRefused(
        "unsupported_type",
        f"{_name_of_other_type(data)} cannot be used here; "
        "please upload a photo as JPEG, PNG, WebP or HEIC.",
    )


def _is_avif(data: bytes) -> bool:
    """Whether the file says so: an AVIF may name the general brand mif1 first and its own later."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[start : start + 4] for start in range(8, end, 4)}
    return bool(brands & _AVIF_BRANDS)


def _name_of_other_type(data: bytes) -> str:
    head = data[:64].lstrip().lower()
    known = (
        (head.startswith(b"%pdf"), "A PDF"),
        (head.startswith(b"gif8"), "A GIF"),
        (head.startswith((b"ii*\x00", b"mm\x00*")), "A TIFF"),
        (head.startswith(b"bm"), "A BMP"),
        (data[4:8] == b"ftyp" and _is_avif(data), "An AVIF picture"),
        (data[4:8] == b"ftyp" or head.startswith(b"\x1aE\xdf\xa3".lower()), "A video"),
        (head.startswith((b"<", b"\xef\xbb\xbf<")), "A web page or drawing"),
    )
    return next((name for is_it, name in known if is_it), "This kind of file")


def _refuse_by_size(data: bytes, limits: ImageLimits) -> None:
    if not data:
        raise ImageRefused("empty_file", "This file is empty; please choose the photo again.")
    if len(data) > limits.max_bytes:
        raise ImageRefused(
            "file_too_large",
            f"This file is larger than {limits.max_bytes // 1_000_000} MB; "
            "please send it at a smaller size or take a new photo.",
        )


def _refuse_by_header(picture: Image.Image, limits: ImageLimits) -> None:
    if picture.width * picture.height > limits.max_pixels:
        raise _too_many_pixels()
    if limits.is_elongated(*picture.size):
        raise ImageRefused(
            "too_long",
            f"This picture is {picture.width} × {picture.height} pixels, a long strip; "
            "please upload an ordinary photo.",
        )
    if min(picture.size) < limits.min_side_px:
        raise ImageRefused(
            "too_small",
            f"This picture is only {picture.width} × {picture.height} pixels; please upload "
            f"one of at least {limits.min_side_px} pixels on its shorter side.",
        )
    if picture.format in {"PNG", "WEBP"} and getattr(picture, "is_animated", False):
        raise ImageRefused(
            "animated", "This picture moves; please upload a single photo instead of an animation."
        )


def _open(data: bytes, source_type: SourceType) -> Image.Image:
    """The picture with its header read and its pixels not yet decoded."""
    if source_type is SourceType.HEIC:
        _register_heic()
    try:
        with warnings.catch_warnings():
            # Pillow's own limit is higher than ours: what it would warn of is refused below.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return Image.open(io.BytesIO(data), formats=_PLUGINS[source_type])
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise _damaged() from error


@cache
def _register_heic() -> None:
    # Loaded when the first HEIC arrives: 10 MB of libraries that most processes never need.
    import pillow_heif  # noqa: PLC0415

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def _decode(picture: Image.Image) -> Pixels:
    try:
        picture.load()
        return _bgr(_upright(picture))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    # Decoders of hostile bytes fail in many ways, the bindings of libheif with RuntimeError.
    except (
        OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, RuntimeError,
        OverflowError,
    ) as error:  # fmt: skip
        raise _damaged() from error


def _upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError, OverflowError):
        # The pixels are whole, only the note about them is not: they are used as they are.
        return picture


def _bgr(picture: Image.Image) -> Pixels:
    """BGR; transparent parts become white, as paper would be."""
    if picture.mode.startswith("I;16"):
        depth_8 = (np.asarray(picture) >> 8).astype(np.uint8)
        return np.repeat(depth_8[:, :, None], 3, axis=2)
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(paper, layer)
    rgb = np.asarray(picture.convert("RGB"), dtype=np.uint8)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def _too_many_pixels() -> ImageRefused:
    return ImageRefused(
        "too_many_pixels",
        "This picture has more pixels than can be handled; please send it at a smaller size.",
    )


def _damaged() -> ImageRefused:
    return ImageRefused(
        "damaged",
        "This file is damaged or incomplete; please take the photo again or choose another file.",
    )
