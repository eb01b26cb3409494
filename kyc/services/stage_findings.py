"""What a stage has to say, before it is sealed and stored."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kyc.choices import StageState


@dataclass(frozen=True, slots=True)
class StageFindings:
    """The result of one stage.

    Attributes
    ----------
    findings : dict
        JSON; may hold what was read from the document, and is sealed for that reason.
    failure_code : str
        Why a stage was skipped or failed; no personal data.
    """

    state: StageState
    findings: dict[str, Any] = field(default_factory=dict)
    failure_code: str = ""
    engine: str = ""
    engine_version: str = ""

    @classmethod
    def skipped(cls, code: str) -> StageFindings:
        """Nobody looked, on purpose."""
        return cls(StageState.SKIPPED, failure_code=code)

    @classmethod
    def failed(cls, code: str) -> StageFindings:
        """Somebody should have looked and could not."""
        return cls(StageState.FAILED, failure_code=code)
