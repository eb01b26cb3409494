"""Recognition of the words on a document, wherever they stand."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from PIL import Image

from kyc.vision.tesseract import OcrFailed, OcrMissing, tesseract_table

Gray = npt.NDArray[np.uint8]

LANGUAGE = "eng"
SPARSE_TEXT = 11  # Tesseract's page segmentation mode: as much text as there is, in no order
# Where the packages of Debian and of others put the models.
MODEL_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
# Names and numbers are no words of a dictionary: a reader that believes in one corrects them.
NO_DICTIONARY = {"load_system_dawg": "0", "load_freq_dawg": "0"}


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word: its box in pixels of the picture, and 0–1 how sure the engine is."""

    text: str
    x: int
    y: int
    width: int
    height: int
    confidence: float


class WordEngine(Protocol):
    """What reads the words of a picture."""

    @property
    def name(self) -> str:
        """Stable name for reports."""
        ...

    def read_words(self, image: Gray) -> tuple[Word, ...]:
        """Words in no order.

        Raises
        ------
        OcrFailed
        """
        ...


class PytesseractWords:
    """Tesseract as a process of its own."""

    name = "pytesseract"

    def read_words(self, image: Gray) -> tuple[Word, ...]:
        """Words in no order."""
        options = ["-l", LANGUAGE, "--psm", str(SPARSE_TEXT), "--dpi", "300"]
        for name, value in NO_DICTIONARY.items():
            options += ["-c", f"{name}={value}"]
        return tuple(_words(tesseract_table(image, options)))


class TesserocrWords:
    """Tesseract inside this process: no start of a process for each call."""

    name = "tesserocr"

    def __init__(self) -> None:
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        self._folder = _model_folder()
        self._of_thread = threading.local()  # one handle of the library serves one thread

    def read_words(self, image: Gray) -> tuple[Word, ...]:
        """Words in no order."""
        handle = self._handle()
        handle.SetImage(Image.fromarray(image))
        return tuple(_words(str(handle.GetTSVText(0))))

    def _handle(self) -> Any:
        if not hasattr(self._of_thread, "handle"):
            # 20 MB of shared libraries that only this engine needs.
            import tesserocr  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415

            handle = tesserocr.PyTessBaseAPI(
                path=f"{self._folder}/", lang=LANGUAGE, psm=SPARSE_TEXT, variables=NO_DICTIONARY
            )
            handle.SetVariable("user_defined_dpi", "300")
            self._of_thread.handle = handle
        return self._of_thread.handle


@cache
def word_engine(name: str = "") -> WordEngine:
    """The engine of that name; by default the faster one where it can be used.

    Raises
    ------
    OcrFailed
        When there is no such engine.
    """
    if name not in {"", PytesseractWords.name, TesserocrWords.name}:
        raise OcrFailed(f"There is no text recognition named {name!r}; use pytesseract.")
    if name != PytesseractWords.name:
        try:
            import tesserocr  # noqa: F401, PLC0415 - as above

            return TesserocrWords()
        except (ImportError, OcrFailed):
            if name:
                raise
    return PytesseractWords()


def _model_folder() -> Path:
    for folder in (os.environ.get("TESSDATA_PREFIX", ""), *MODEL_FOLDERS):
        if folder and (Path(folder) / f"{LANGUAGE}.traineddata").is_file():
            return Path(folder)
    raise OcrMissing("Tesseract's English model is missing; install tesseract-ocr-eng.")


def _words(table: str) -> Iterator[Word]:
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            x, y, width, height = (int(cell) for cell in cells[6:10])
            confidence = max(float(cells[10]), 0.0) / 100
            yield Word(cells[11].strip(), x, y, width, height, confidence)
