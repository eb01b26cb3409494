"""The list of features for people to read. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.features import FeatureSpec

_HEAD = ("| feature | unit | range | meaning |", "|---|---|---|---|")


def feature_record(spec: FeatureSpec) -> dict[str, object]:
    """Return a feature as a record for JSON; an end of the range that is not known is None."""
    return {
        "name": spec.name,
        "group": spec.group,
        "unit": spec.unit,
        "lowest": spec.lowest,
        "highest": spec.highest,
        "meaning": meaning(spec),
    }


def feature_markdown(specs: Iterable[FeatureSpec]) -> str:
    """Return one Markdown table of features, in their order.

    Examples
    --------
    >>> spec = FeatureSpec("hour_share", "share", "how much falls into this hour", "time", 0, 1)
    >>> print(feature_markdown([spec]))
    | feature | unit | range | meaning |
    |---|---|---|---|
    | `hour_share` | share | 0…1 | How much falls into this hour. |
    """
    return "\n".join([*_HEAD, *map(_row, specs)])


def feature_lines(specs: Iterable[FeatureSpec]) -> str:
    """Return a line for each feature, aligned for a terminal."""
    return "\n".join(f"{spec.name:<30} {spec.unit:<11} {meaning(spec)}" for spec in specs)


def meaning(spec: FeatureSpec) -> str:
    """Return what a feature says, as a sentence.

    Examples
    --------
    >>> meaning(FeatureSpec("is_night", "flag", "whether it is night", "time", 0, 1))
    'Whether it is night.'
    """
    return f"{spec.description[0].upper()}{spec.description[1:]}."


def _row(spec: FeatureSpec) -> str:
    return f"| `{spec.name}` | {spec.unit} | {_range(spec)} | {meaning(spec)} |"


def _range(spec: FeatureSpec) -> str:
    if spec.lowest is None and spec.highest is None:
        return ""
    if spec.highest is None:
        return f"≥ {spec.lowest:,}"
    if spec.lowest is None:
        return f"≤ {spec.highest:,}"
    return f"{spec.lowest:,}…{spec.highest:,}"
