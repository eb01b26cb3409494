"""Turn a PDF that a stranger sent into the pictures of its one or two pages, or refuse it.

Scanning apps and public offices hand out PDFs. A PDF is a program as much as a picture, so it is
opened in a process of its own that has little time, little memory and no place to write to; only
pixels come back.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from kyc.vision.child_process import ChildFailed, ChildKilled, pixels_of, run_child
from kyc.vision.images import DEFAULT_LIMITS, CleanImage, ImageLimits, ImageRefused, SourceType

Pixels = npt.NDArray[np.uint8]

MAGIC = b"%PDF-"
# Its processor time is limited to six seconds; a busy machine may take longer to grant them.
TIMEOUT_S = 30
WORKER = "kyc.vision.pdf_worker"

SENTENCES: MappingProxyType[str, str] = MappingProxyType(
    {
        "too_many_pages": "This PDF has more than two pages; please upload only the page or the "
        "two pages that show your document.",
        "locked": "This PDF is protected by a password; please upload one that is not, or a photo.",
        "damaged": "This PDF is damaged or incomplete; please save it again or upload a photo.",
        "too_complex": "This PDF is too heavy to open; please upload a photo of your document.",
        "not_opened": "This PDF could not be opened just now; please try again in a moment, or "
        "upload a photo of your document.",
        "blank": "This PDF shows nothing; please upload one that shows your document, or a photo.",
        "blank_page": "The first page of a PDF is taken for the front of a document and its last "
        "for the back, and this one shows nothing; please upload only the page that shows your "
        "document, or a photo.",
    }
)


def is_pdf(data: bytes) -> bool:
    """Whether the content says that it is a PDF; no name and no declared type is believed."""
    return data.startswith(MAGIC)


def read_pdf_pages(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> tuple[CleanImage, ...]:
    """Render the pages of a PDF, 3,510 px on the longer side, at most 600 dots an inch.

    Parameters
    ----------
    data : bytes
        The file, of at most two pages.
    limits : ImageLimits

    Returns
    -------
    tuple of CleanImage
        One or two: a document's front, and its back.

    Raises
    ------
    ImageRefused
        With one of the codes ``empty_file``, ``file_too_large``, ``unsupported_type``,
        ``too_small``, ``too_long``, or, each beginning with ``pdf_``, those of `SENTENCES`.

    Notes
    -----
    About 0.3 s, most of it the start of the process.
    """
    _refuse_by_bytes(data, limits)
    pages = tuple(_clean(page) for page in _rendered(data))
    if any(min(page.pixels.shape[:2]) < limits.min_side_px for page in pages):
        raise ImageRefused(
            "too_small", "The page of this PDF is too small; please upload a photo instead."
        )
    if any(limits.is_elongated(page.width_px, page.height_px) for page in pages):
        raise ImageRefused(
            "too_long", "The page of this PDF is a long strip; please upload a photo instead."
        )
    if all(_is_blank(page) for page in pages):
        raise _refused("blank")
    return pages


def read_pdf_side(
    data: bytes, *, is_back: bool, limits: ImageLimits = DEFAULT_LIMITS
) -> CleanImage:
    """The page of a PDF that shows one side of a document: the first the front, the last the back.

    Raises
    ------
    ImageRefused
        As `read_pdf_pages`, and where that page is blank though the other is not.
    """
    page = read_pdf_pages(data, limits)[-1 if is_back else 0]
    if _is_blank(page):
        raise _refused("blank_page")
    return page


def _is_blank(page: CleanImage) -> bool:
    return float(page.pixels.std()) < 1.0


def _refuse_by_bytes(data: bytes, limits: ImageLimits) -> None:
    if not data:
        raise ImageRefused("empty_file", "This file is empty; please choose it again.")
    if len(data) > limits.max_bytes:
        raise ImageRefused(
            "file_too_large",
            f"This PDF is larger than {limits.max_bytes // 1_000_000} MB; "
            "please save it at a smaller size or upload a photo.",
        )
    if not is_pdf(data):
        raise ImageRefused("unsupported_type", "This is no PDF; please choose another file.")


def _rendered(data: bytes) -> list[Pixels]:
    try:
        head, pixels = run_child(WORKER, data, wait_s=TIMEOUT_S)
    except ChildKilled as error:
        raise _refused("too_complex") from error
    except ChildFailed as error:
        raise _refused("not_opened") from error
    if "error" in head:
        raise _refused(head["error"])
    return pixels_of(head["pages"], pixels)


def _clean(pixels: Pixels) -> CleanImage:
    height, width = pixels.shape[:2]
    return CleanImage(pixels, width, height, SourceType.PDF)


def _refused(code: str) -> ImageRefused:
    return ImageRefused(f"pdf_{code}", SENTENCES[code])
