"""What a rule that hits leads to."""

from __future__ import annotations

from enum import StrEnum


class Effect(StrEnum):
    """From mild to strict; there is none that approves."""

    REVIEW = "review"
    BLOCK_AND_REVIEW = "block_and_review"
    DECLINE = "decline"
