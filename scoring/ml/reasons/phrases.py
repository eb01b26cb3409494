"""Sentences with a figure in them, one shape for each kind of quantity.

Each says what is so and nothing more: the same sentence serves where the fact speaks against a
transaction and where it speaks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scoring.features import FeatureSpec

# From a value that is known, and what the feature is, to a sentence.
Phrase = Callable[[float, FeatureSpec], str]

HOURS_A_DAY = 24
MINUTES_A_DAY = 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Line:
    """How one feature is told.

    Attributes
    ----------
    code : str
        Stable name of what it is about; features of the same meaning share it.
    phrase : Phrase
        How its value is put into words.
    """

    code: str
    phrase: Phrase


def lines(code: str, phrases: Mapping[str, Phrase]) -> dict[str, Line]:
    """Return the lines of the features that share a code."""
    return {name: Line(code, phrase) for name, phrase in phrases.items()}


def flag(yes: str, no: str) -> Phrase:
    """Tell one sentence or the other."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        return yes if value >= 0.5 else no

    return tell


def counted(template: str, one: str, many: str = "") -> Phrase:
    """Tell how many there are; a count that stops at a limit is told as "16 or more"."""

    def tell(value: float, spec: FeatureSpec) -> str:
        count = round(value)
        is_at_limit = spec.highest is not None and count >= spec.highest
        number = f"{count:,} or more" if is_at_limit else (f"{count:,}" if count else "no")
        noun = one if count == 1 else many or f"{one}s"
        return _sentence(template.format(n=f"{number} {noun}"))

    return tell


def times(template: str) -> Phrase:
    """Tell how many times one thing is the other."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        return _sentence(template.format(x=f"{two_digits(value)} times"))

    return tell


def euros(template: str) -> Phrase:
    """Tell a sum; all sums are in the reference currency."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        return _sentence(template.format(sum=amount(value)))

    return tell


def lasting(template: str) -> Phrase:
    """Tell a time that is given in days in the unit people would use."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        return _sentence(template.format(time=duration(value)))

    return tell


def part(template: str) -> Phrase:
    """Tell a share in percent."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        return _sentence(template.format(part=percent(value)))

    return tell


def number(template: str) -> Phrase:
    """Tell a number to two digits."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        return _sentence(template.format(n=two_digits(value)))

    return tell


def deviations(template: str, of_whom: str) -> Phrase:
    """Tell how far above or below a mean something is."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        side = "above" if value >= 0 else "below"
        return template.format(x=f"{two_digits(abs(value))} deviations {side} {of_whom}")

    return tell


def level(sentences: tuple[str, ...], first: int = 0) -> Phrase:
    """Tell the sentence of a step, counted from `first` on."""

    def tell(value: float, _spec: FeatureSpec) -> str:
        step = round(value) - first
        return sentences[min(max(step, 0), len(sentences) - 1)]

    return tell


def hour_of_day(value: float, _spec: FeatureSpec) -> str:
    """Tell the hour.

    Examples
    --------
    >>> hour_of_day(3.4, FeatureSpec("hour_sin", "cycle", "the hour", "time"))
    'It is about 3:00, UTC.'
    """
    # Sine and cosine give a full hour back a little short of it.
    return f"It is about {int(value + 0.01) % HOURS_A_DAY}:00, UTC."


def day_of_week(value: float, _spec: FeatureSpec) -> str:
    """Tell the day of the week.

    Examples
    --------
    >>> day_of_week(6.0, FeatureSpec("weekday_sin", "cycle", "the weekday", "time"))
    'It is a Sunday, UTC.'
    """
    return f"It is a {WEEKDAYS[round(value) % len(WEEKDAYS)]}, UTC."


def two_digits(value: float) -> str:
    """Return a number with two digits that count, or all before the point.

    Examples
    --------
    >>> [two_digits(value) for value in (0.0, 0.0346, 0.5, 1.0, 9.04, 9.46, 12.6, 4321.0)]
    ['0', '0.035', '0.5', '1', '9', '9.5', '13', '4,321']
    """
    if abs(value) >= 9.95:
        return f"{value:,.0f}"
    if abs(value) >= 0.095:
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:.2g}" if abs(value) >= 0.0001 else "0"


def amount(euros: float) -> str:
    """Return a sum in euros, with cents where they count.

    Examples
    --------
    >>> [amount(euros) for euros in (0.0, 3.5, 12.34, 12345.6)]
    ['0 euros', '3.50 euros', '12 euros', '12,346 euros']
    """
    shown = f"{euros:,.0f}" if euros >= 9.995 or euros < 0.005 else f"{euros:.2f}"
    return f"{shown} euros"


def duration(days: float) -> str:
    """Return a time in minutes, hours or days.

    Examples
    --------
    >>> [duration(days) for days in (0.0, 0.0007, 0.01, 0.3, 1.5, 2.0, 400.0)]
    ['less than a minute', '1 minute', '14 minutes', '7 hours', '36 hours', '2 days', '400 days']
    """
    if days >= 2:
        return f"{days:,.0f} days"
    if days * HOURS_A_DAY >= 2:
        return f"{days * HOURS_A_DAY:.0f} hours"
    minutes = round(days * MINUTES_A_DAY)
    if minutes < 1:
        return "less than a minute"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def percent(share: float) -> str:
    """Return a share in percent, never rounding something to nothing.

    Examples
    --------
    >>> [percent(share) for share in (0.0, 0.0004, 0.034, 0.5, 1.0)]
    ['0 %', 'less than 1 %', '3 %', '50 %', '100 %']
    """
    return "less than 1 %" if 0 < share < 0.005 else f"{share * 100:,.0f} %"


def unknown(spec: FeatureSpec) -> str:
    """Say that a feature's value is missing.

    Examples
    --------
    >>> unknown(FeatureSpec("km_from_last", "km", "distance from the last known place", "place"))
    'Not known: distance from the last known place.'
    """
    return f"Not known: {spec.description}."


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
