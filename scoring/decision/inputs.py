"""What a decision stands on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from scoring.rules.effect import Effect
from scoring.rules.outcomes import Outcome


class ScoreProblem(StrEnum):
    """Why there is no score."""

    NO_MODEL = "no_model"
    SCHEMA_MISMATCH = "schema_mismatch"
    MODEL_ERROR = "model_error"


@dataclass(frozen=True, slots=True)
class Score:
    """What the model says, or why it says nothing.

    Attributes
    ----------
    value : float or None
        Probability of fraud, 0…1.
    problem : ScoreProblem or None
        Given exactly if there is no value. A value outside of 0…1 counts as MODEL_ERROR.
    is_demo : bool
        Whether the model was trained on generated data.
    """

    value: float | None
    problem: ScoreProblem | None = None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """One active rule and what it came out as.

    Attributes
    ----------
    reference : str
        ``id@version``.
    effect : Effect
        What a hit leads to.
    sentence : str
        The reason in words.
    is_snoozed : bool
        Whether a person has silenced the rule for this customer: its outcome is recorded and does
        nothing.
    is_customer_safe : bool
        Whether the customer may read the sentence.
    """

    reference: str
    outcome: Outcome
    effect: Effect
    sentence: str
    is_snoozed: bool = False
    is_customer_safe: bool = False

    @property
    def is_raised(self) -> bool:
        """Whether it would lead to something: it hit, or it failed."""
        return self.outcome in {Outcome.HIT, Outcome.ERROR}


@dataclass(frozen=True, slots=True)
class Lists:
    """Where the transaction's entities stand on lists.

    Attributes
    ----------
    blocked, allowed : tuple of str
        What stands on a block or allow list in force: "customer", "merchant", …
    expired : tuple of str
        Ids of lists past their validity that this decision needed: a required list always, any
        other one when an entity of the transaction stands on it. Whatever it would decide goes to a
        person.
    """

    blocked: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    expired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionInputs:
    """All that is known when a transaction is decided.

    Attributes
    ----------
    score : Score
        Of the champion.
    rules : tuple of JudgedRule
        Active rules.
    shadow_rules : tuple of JudgedRule
        Rules on trial: recorded, never acted on.
    lists : Lists
        Of block and allow lists.
    amount_reference_minor : int or None
        In cents of the reference currency; None if not known.
    holdout_draw : float
        Uniform in [0, 1), drawn by the caller for this transaction alone. Kept nowhere a caller of
        the API could guess it from.
    """

    score: Score
    rules: tuple[JudgedRule, ...] = ()
    shadow_rules: tuple[JudgedRule, ...] = ()
    lists: Lists = Lists()
    amount_reference_minor: int | None = None
    holdout_draw: float = 1.0
