"""What a picture's issue codes mean to the person who took it."""

from __future__ import annotations

from collections.abc import Iterable

from kyc.vision.quality import ISSUE_SENTENCES


def issue_sentences(codes: Iterable[str]) -> list[str]:
    """Return one sentence for each code, in order; codes of older versions are left out."""
    return [ISSUE_SENTENCES[code] for code in codes if code in ISSUE_SENTENCES]
