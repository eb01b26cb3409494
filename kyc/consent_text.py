"""The consent texts, by version. A changed text is a new version; old ones stay provable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One headed paragraph."""

    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a person is asked to agree to."""

    version: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def sha256(self) -> str:
        """The digest that is stored with each answer."""
        text = "\n".join(f"{p.heading}\n{p.body}" for p in self.paragraphs)
        return hashlib.sha256(text.encode()).hexdigest()


BIOMETRICS = ConsentText(
    version="2026-11",
    paragraphs=(
        Paragraph(
            "What we would like to do",
            "Compare the photo on your document with a short video of your face, and check from "
            "your movements that you are there in person. From both pictures a computer works out "
            "numbers that describe the face (biometric data).",
        ),
        Paragraph(
            "What we keep",
            "The pictures of your document, the video, one picture chosen from it and the result, "
            "each encrypted with a key that belongs to you alone. Destroying that key erases all "
            "of it. Nothing is sent to another company.",
        ),
        Paragraph(
            "Your device",
            "To notice when one device opens accounts for many people, we set a cookie with a "
            "random number, keep a coarse description of your browser (such as its family, time "
            "zone and screen size class), and note the internet address and time of your visits.",
        ),
        Paragraph(
            "Your choice",
            "You may refuse, and you lose nothing by it: no picture of your face is taken, and a "
            "person then looks at your document and decides, which takes longer.",
        ),
    ),
)
