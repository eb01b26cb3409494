"""Tesseract as a process of its own, fed through a pipe.

pytesseract finds the program and its version. Its own calls save each picture to the folder for
temporary files, legible to every user of the machine and left there by a worker that is killed;
a document's picture must not touch the disk in clear, so none is saved here.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import pytesseract

Gray = npt.NDArray[np.uint8]

# 40 times the slowest zone of the specimens (0.25 s, machine busy), and ten times the print of a
# whole page (about 1 s): what takes longer hangs.
TIMEOUT_S = 10
NO_LANGUAGE = b"couldn't load any languages"


class OcrFailed(Exception):
    """The engine is missing or broke down; `str()` is one sentence."""


class OcrMissing(OcrFailed):
    """The program or its model is not installed."""


def tesseract_version() -> str:
    """Versions of Tesseract and of pytesseract.

    Raises
    ------
    OcrMissing
    """
    try:
        return f"{pytesseract.get_tesseract_version()}/{pytesseract.__version__}"
    except pytesseract.TesseractNotFoundError as error:
        raise _not_found() from error


def tesseract_table(image: Gray, options: Sequence[str]) -> str:
    """Tesseract's tab-separated table of what it recognises in a picture.

    Parameters
    ----------
    image : ndarray of shape (height, width), dtype=uint8
    options : sequence of str
        Arguments of the program, each one of its own.

    Raises
    ------
    OcrMissing
        When the program or the model it is told to use is not installed.
    OcrFailed
        When it stopped, or did not within `TIMEOUT_S`.
    """
    command = [pytesseract.pytesseract.tesseract_cmd, "stdin", "stdout", *options]
    _, picture = cv2.imencode(".png", image)
    try:
        done = subprocess.run(
            [*command, "-c", "tessedit_create_tsv=1"],
            input=picture.tobytes(),
            capture_output=True,
            timeout=TIMEOUT_S,
            # More threads make a call on so small a picture slower, and take them from others.
            env={"OMP_THREAD_LIMIT": "1", **os.environ},
            check=False,
        )
    except FileNotFoundError as error:
        raise _not_found() from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _stopped() from error
    if done.returncode:
        raise _no_language() if NO_LANGUAGE in done.stderr else _stopped()
    return done.stdout.decode()


def _not_found() -> OcrMissing:
    return OcrMissing("Tesseract is not installed; install the system package tesseract-ocr.")


def _no_language() -> OcrMissing:
    return OcrMissing("Tesseract's model is missing or damaged; install tesseract-ocr-eng.")


def _stopped() -> OcrFailed:
    return OcrFailed("Tesseract stopped before it had read the picture.")
