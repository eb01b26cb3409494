"""Recognition of printed lines, behind one small interface."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from kyc.vision.tesseract import OcrFailed, OcrMissing, tesseract_table, tesseract_version
from kyc.vision.weights import tessdata_dir

Gray = npt.NDArray[np.uint8]

LANGUAGE = "mrz"
WHITELIST = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
ONE_BLOCK_OF_TEXT = 6  # Tesseract's page segmentation mode: no columns are looked for


@dataclass(frozen=True, slots=True)
class OcrLine:
    """One recognised line without its spaces; `confidence` is 0 (none) to 1."""

    text: str
    confidence: float


class OcrEngine(Protocol):
    """What reads lines of capital letters, digits and fillers."""

    @property
    def name(self) -> str:
        """Stable name for reports."""
        ...

    @property
    def version(self) -> str:
        """Version of the engine and, after a slash, of its binding."""
        ...

    def read_lines(self, image: Gray) -> tuple[OcrLine, ...]:
        """Lines of a picture of one block of print, from top to bottom.

        Raises
        ------
        OcrFailed
        """
        ...


class PytesseractEngine:
    """Tesseract as a process of its own: it can hang or crash without harm to ours."""

    name = "pytesseract"

    def __init__(self, tessdata: Path | None = None) -> None:
        self._tessdata = tessdata or tessdata_dir()

    @property
    def version(self) -> str:
        """Versions of Tesseract and of pytesseract."""
        return tesseract_version()

    def read_lines(self, image: Gray) -> tuple[OcrLine, ...]:
        """Lines of a picture of one block of print, from top to bottom."""
        if not (self._tessdata / f"{LANGUAGE}.traineddata").is_file():
            raise _no_model(self._tessdata)
        options = (
            "-l", LANGUAGE, "--tessdata-dir", str(self._tessdata),
            "--psm", str(ONE_BLOCK_OF_TEXT), "--dpi", "300",
            "-c", f"tessedit_char_whitelist={WHITELIST}", "-c", "load_system_dawg=0",
        )  # fmt: skip
        return _lines_of_table(tesseract_table(image, options))


class TesserocrEngine:
    """Tesseract inside this process: no start of a process for each call, so half the time."""

    name = "tesserocr"

    def __init__(self, tessdata: Path | None = None) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._tessdata = tessdata or tessdata_dir()
        self._of_thread = threading.local()  # one handle of the library serves one thread

    @property
    def version(self) -> str:
        """Versions of Tesseract and of tesserocr."""
        library = _tesserocr()
        return f"{library.tesseract_version().split()[1]}/{library.__version__}"

    def read_lines(self, image: Gray) -> tuple[OcrLine, ...]:
        """Lines of a picture of one block of print, from top to bottom."""
        handle = self._handle()
        handle.SetImage(Image.fromarray(image))
        return _lines_of_table(str(handle.GetTSVText(0)))

    def _handle(self) -> Any:
        if not hasattr(self._of_thread, "handle"):
            if not (self._tessdata / f"{LANGUAGE}.traineddata").is_file():
                raise _no_model(self._tessdata)
            handle = _tesserocr().PyTessBaseAPI(
                path=str(self._tessdata), lang=LANGUAGE, psm=ONE_BLOCK_OF_TEXT
            )
            handle.SetVariable("tessedit_char_whitelist", WHITELIST)
            handle.SetVariable("user_defined_dpi", "300")
            self._of_thread.handle = handle
        return self._of_thread.handle


@cache
def engine_named(name: str) -> OcrEngine:
    """One engine of each kind a process.

    Raises
    ------
    OcrFailed
        When there is no such engine or it is not installed.
    """
    if name == PytesseractEngine.name:
        return PytesseractEngine()
    if name == TesserocrEngine.name:
        _tesserocr()
        return TesserocrEngine()
    raise OcrFailed(f"There is no text recognition named {name!r}; use pytesseract or tesserocr.")


def default_engine() -> OcrEngine:
    """The engine that is always there."""
    return engine_named(PytesseractEngine.name)


def _tesserocr() -> Any:
    # The operator's choice, and 20 MB of shared libraries: loaded only where it was chosen.
    try:
        import tesserocr  # noqa: PLC0415
    except ImportError as error:
        raise OcrMissing("tesserocr is not installed; install it or use pytesseract.") from error
    return tesserocr


def _lines_of_table(table: str) -> tuple[OcrLine, ...]:
    """Lines out of Tesseract's tab-separated table of words."""
    words: dict[tuple[str, ...], list[tuple[str, float]]] = {}
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            words.setdefault(tuple(cells[1:5]), []).append((cells[11].strip(), float(cells[10])))
    return tuple(_line_of_words(line) for line in words.values())


def _line_of_words(words: list[tuple[str, float]]) -> OcrLine:
    text = "".join(word for word, _ in words)
    weighted = sum(len(word) * max(confidence, 0.0) for word, confidence in words)
    return OcrLine(text.replace(" ", ""), weighted / (100 * max(len(text), 1)))


def _no_model(folder: Path) -> OcrMissing:
    return OcrMissing(
        f"The MRZ model is not at {folder}; `manage.py fetch_models mrz` puts it there."
    )
