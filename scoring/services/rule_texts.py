"""What a rule's version says, checked before it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from kyc.refusals import Refusal
from scoring.choices import RuleEffect
from scoring.models import RuleVersion
from scoring.rule_names import rule_schema
from scoring.rules import RuleRefused
from scoring.rules.checking import parse
from transactions.money import looks_like_pan

# As long as the column.
MAX_SENTENCE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a version says.

    Attributes
    ----------
    expression : str
        The condition, in the language of `docs/rules.md`.
    effect : str
        Of `RuleEffect`.
    sentence : str
        The reason in words that a hit gives.
    """

    expression: str
    effect: str
    sentence: str


def text_checked(text: RuleText) -> None:
    """Raise `Refusal` with the field and what to write instead, unless the text can be kept."""
    if text.effect not in RuleEffect.values:
        raise Refusal("unknown_effect", "Choose what a hit leads to.", field="effect")
    _check_sentence(text.sentence)
    expression_checked(text.expression)


def expression_checked(expression: str) -> None:
    """Raise `Refusal` with every problem of an expression, unless it has none."""
    try:
        parse(expression, rule_schema())
    except RuleRefused as refused:
        raise Refusal("invalid_expression", str(refused), field="expression") from refused


def text_of(version: RuleVersion) -> RuleText:
    """Return what a version says."""
    return RuleText(version.expression, version.effect, version.sentence)


def _check_sentence(sentence: str) -> None:
    if not sentence.strip() or len(sentence) > MAX_SENTENCE_LENGTH:
        words = f"Say in 1 to {MAX_SENTENCE_LENGTH} characters why a hit matters."
        raise Refusal("invalid_sentence", words, field="sentence")
    if looks_like_pan(sentence):
        words = "This holds what looks like a card number; leave it out."
        raise Refusal("card_number_refused", words, field="sentence")
