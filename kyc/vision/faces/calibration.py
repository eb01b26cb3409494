"""What a distance between two faces means for one engine, as measured on labelled pairs.

A distance says nothing by itself: .5 is a match for one engine and a stranger for another. Each
engine therefore comes with a file that says where its lines are, how many strangers lay within
them, and on what that was measured. An engine without one is not used.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kyc.evaluating.rates import Rate
from kyc.vision.faces.impostor_tail import ImpostorTail

SHIPPED_DIR = Path(__file__).resolve().parent / "calibrations"
FORMAT = 1
KEPT_DISTANCES = 500


class CalibrationRefused(Exception):
    """There is no calibration, or it cannot be used; `str()` is one sentence."""


@dataclass(frozen=True, slots=True)
class DistanceMeaning:
    """How a distance lies among measured pairs.

    Attributes
    ----------
    strangers : Rate
        Pairs of strangers at that distance or nearer.
    same : Rate
        Pairs of one person at that distance or farther.
    """

    strangers: Rate
    same: Rate

    @property
    def words(self) -> str:
        """Both rates as a sentence; neither claims more than the pairs hold."""
        return (
            f"Of measured pairs of strangers {_share(self.strangers)} are as near as this, "
            f"of pairs of one person {_share(self.same)} are as far."
        )


@dataclass(frozen=True, slots=True)
class Calibration:
    """The measured behaviour of one engine.

    Attributes
    ----------
    engine, engine_version : str
    metric : str
        "euclidean" on embeddings as the engine gives them, "euclidean-unit" on embeddings of
        length 1.
    match_distance, unclear_distance : float
        Up to the first two faces are of one person, up to the second nobody can say.
    false_matches, impostor_pairs : int
        Pairs of strangers within `match_distance`, of how many.
    false_non_matches, genuine_pairs : int
        Pairs of one person beyond `match_distance`, of how many.
    people, pictures : int
        Who and what the pairs are made of.
    nearest_impostors, farthest_genuine : tuple of float
        The ends of both distributions, in rising order; at most 500 each.
    tail : ImpostorTail
    measured_on : str
        Date, ISO 8601.
    fitted_on : str
        What the lines were chosen on, in words.
    """

    engine: str
    engine_version: str
    metric: str
    match_distance: float
    unclear_distance: float
    false_matches: int
    impostor_pairs: int
    false_non_matches: int
    genuine_pairs: int
    people: int
    pictures: int
    nearest_impostors: tuple[float, ...]
    farthest_genuine: tuple[float, ...]
    tail: ImpostorTail
    measured_on: str
    fitted_on: str

    @property
    def false_match_rate(self) -> Rate:
        """Pairs of strangers taken for one person."""
        return Rate(self.false_matches, self.impostor_pairs)

    @property
    def false_non_match_rate(self) -> Rate:
        """Pairs of one person not taken for one."""
        return Rate(self.false_non_matches, self.genuine_pairs)

    def meaning_of(self, distance: float) -> DistanceMeaning:
        """How many measured pairs of strangers were as near, how many of one person as far."""
        nearer = bisect_right(self.nearest_impostors, distance)
        farther = len(self.farthest_genuine) - bisect_left(self.farthest_genuine, distance)
        return DistanceMeaning(Rate(nearer, self.impostor_pairs), Rate(farther, self.genuine_pairs))

    def to_json(self) -> str:
        """The file's text: one field a line, so that two versions can be told apart by eye."""
        fields = {"format": FORMAT, **asdict(self)}
        lines = (f' "{name}": {json.dumps(value)}' for name, value in fields.items())
        return "{\n" + ",\n".join(lines) + "\n}\n"


def read_calibration(text: str) -> Calibration:
    """A calibration from the text of its file.

    Raises
    ------
    CalibrationRefused
        When a field is missing, unknown or of the wrong kind, or the numbers contradict each other.
    """
    try:
        fields = json.loads(text)
        if fields.pop("format") != FORMAT:
            raise CalibrationRefused("This calibration file is of another format.")
        calibration = _from_fields(fields)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CalibrationRefused(f"This is no calibration file: {error}.") from error
    _refuse_contradictions(calibration)
    return calibration


def shipped_calibration(engine: str) -> Calibration:
    """The calibration that comes with the product.

    Raises
    ------
    CalibrationRefused
        When there is none for that engine.
    """
    path = SHIPPED_DIR / f"{engine}.json"
    if not path.is_file():
        raise CalibrationRefused(
            f"The face engine {engine} has no calibration; "
            f"`manage.py calibrate_faces --engine {engine}` makes one from labelled pairs."
        )
    return read_calibration(path.read_text())


def _from_fields(fields: Mapping[str, Any]) -> Calibration:
    return Calibration(
        **{
            **fields,
            "nearest_impostors": tuple(map(float, fields["nearest_impostors"])),
            "farthest_genuine": tuple(map(float, fields["farthest_genuine"])),
            "tail": ImpostorTail(**fields["tail"]),
        }
    )


def _refuse_contradictions(known: Calibration) -> None:
    is_sound = (
        0 < known.match_distance <= known.unclear_distance
        and _are_counted(known)
        and 0 < len(known.nearest_impostors) <= known.impostor_pairs
        and 0 < len(known.farthest_genuine) <= known.genuine_pairs
        and 0 < known.tail.scale <= known.tail.upper_scale
    )
    if not is_sound:
        raise CalibrationRefused("The numbers of this calibration file contradict each other.")


def _are_counted(known: Calibration) -> bool:
    """Whether the strangers within the line are those whose distances are kept, or more."""
    within = bisect_right(known.nearest_impostors, known.match_distance)
    return within == known.false_matches or within == KEPT_DISTANCES < known.false_matches


def _share(rate: Rate) -> str:
    """The rate in words; a count that reaches what is kept in the file is a lower bound."""
    at_least = "at least " if rate.count > rate.hits >= KEPT_DISTANCES else ""
    return f"{at_least}{rate.words}"
