"""The process that opens a PDF: it may hang, swell or crash, and nobody else is harmed.

Reads the file from standard input; writes one line of JSON to standard output, either
``{"error": code}`` or ``{"pages": [[height, width], …]}``, and after it the pages' BGR pixels.
Started by `kyc.vision.pdf_pages` only.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pypdfium2 as pdfium

from kyc.vision.child_process import limit_process, write_answer

MAX_PAGES = 2
# A4 at 300 dots an inch: a card on it is then 1,000 px long, as on a phone's photograph. Smaller
# pages are rendered finer, up to what scanners resolve; larger ones coarser.
MAX_SIDE_PX = 3510
MAX_DPI = 600
POINTS_PER_INCH = 72

# Six seconds render the slowest page of the tests a hundred times.
CPU_SECONDS = 6
# PDFium needs 60 MB, two pages 75; libraries map a few hundred.
MEMORY_BYTES = 1_200_000_000


def main() -> None:
    """Render what comes in, within limits that the kernel keeps."""
    limit_process(cpu_s=CPU_SECONDS, memory_bytes=MEMORY_BYTES)
    head, pages = _rendered(sys.stdin.buffer.read())
    write_answer(head, pages)


def _rendered(data: bytes) -> tuple[dict[str, Any], list[np.ndarray[Any, np.dtype[np.uint8]]]]:
    try:
        # Forms are not initialised, so no field, no script and no action of the file is live.
        document = pdfium.PdfDocument(data)
        count = len(document)
        if not 0 < count <= MAX_PAGES:
            return {"error": "too_many_pages" if count else "damaged"}, []
        pages = [_page(document[number]) for number in range(count)]
    except pdfium.PdfiumError as error:
        is_locked = "password" in str(error).lower() or "security" in str(error).lower()
        return {"error": "locked" if is_locked else "damaged"}, []
    except MemoryError:
        return {"error": "too_complex"}, []
    return {"pages": [page.shape[:2] for page in pages]}, pages


def _page(page: Any) -> np.ndarray[Any, np.dtype[np.uint8]]:
    longer_side = max(*page.get_size(), 1.0)
    scale = min(MAX_DPI / POINTS_PER_INCH, MAX_SIDE_PX / longer_side)
    bitmap = page.render(scale=scale, may_draw_forms=False, rev_byteorder=False)
    return np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])


if __name__ == "__main__":
    main()
