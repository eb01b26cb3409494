"""Labelled photographs of faces: which pairs are of one person, and what follows from them."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kyc.evaluating.report import MaterialRefused

COLUMNS = ("file_x", "file_y", "same")
ANSWERS = {"1": True, "0": False}


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two pictures by file name, and whether they show one person."""

    file_x: str
    file_y: str
    is_same: bool


@dataclass(frozen=True, slots=True)
class FaceMaterial:
    """A folder of photographs and what is known about them.

    Attributes
    ----------
    folder : Path
        Holds ``pairs.csv`` and ``images/``.
    pairs : tuple of LabelledPair
        As they are labelled, in the order of the file.
    person_of : mapping of str to str
        Each picture's person, named by one of their pictures.
    """

    folder: Path
    pairs: tuple[LabelledPair, ...]
    person_of: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """All pictures that a pair names, in order."""
        return tuple(sorted(self.person_of))

    @property
    def people_count(self) -> int:
        """People told apart by the labels; unlabelled strangers count apart."""
        return len(set(self.person_of.values()))

    def path_of(self, name: str) -> Path:
        """Where a picture lies."""
        return self.folder / "images" / name

    def known_pairs(self) -> Iterator[LabelledPair]:
        """Every pair whose answer follows: if A is B, and B is not C, then A is not C."""
        strangers = {
            frozenset((self.person_of[pair.file_x], self.person_of[pair.file_y]))
            for pair in self.pairs
            if not pair.is_same
        }
        for one, other in itertools.combinations(self.names, 2):
            people = frozenset((self.person_of[one], self.person_of[other]))
            if len(people) == 1 or people in strangers:
                yield LabelledPair(one, other, len(people) == 1)


def read_face_material(folder: Path) -> FaceMaterial:
    """The labelled photographs of a folder.

    Raises
    ------
    MaterialRefused
        When there is no ``pairs.csv`` or ``images/``, a row is not of the expected form, or two
        rows contradict each other. A picture that is missing or broken is found when it is read.
    """
    truth = folder / "pairs.csv"
    if not truth.is_file() or not (folder / "images").is_dir():
        raise MaterialRefused(f"{folder} holds no pairs.csv beside a folder images.")
    with truth.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise MaterialRefused(f"{truth} has not the columns {', '.join(COLUMNS)}.")
        pairs = tuple(_pair(row, f"{truth}, line {reader.line_num}") for row in reader)
    if not pairs:
        raise MaterialRefused(f"{truth} names no pair.")
    person_of = _people(pairs)
    for pair in pairs:
        if not pair.is_same and person_of[pair.file_x] == person_of[pair.file_y]:
            raise MaterialRefused(
                f"{truth} contradicts itself: {pair.file_x} and {pair.file_y} "
                "are two people there, and by other rows one."
            )
    return FaceMaterial(folder, pairs, person_of)


def _pair(row: Mapping[str, str | None], place: str) -> LabelledPair:
    file_x, file_y, same = ((row[column] or "").strip() for column in COLUMNS)
    # A name, not a path: a truth file must not lead out of its folder.
    if same not in ANSWERS or any(Path(name).name != name or not name for name in (file_x, file_y)):
        raise MaterialRefused(f"{place}: two file names and 1 or 0 are expected.")
    return LabelledPair(file_x, file_y, ANSWERS[same])


def _people(pairs: Iterable[LabelledPair]) -> dict[str, str]:
    """Each picture's person, by joining the pairs of one person."""
    leader: dict[str, str] = {}
    for pair in pairs:
        for name in (pair.file_x, pair.file_y):
            leader.setdefault(name, name)
        if pair.is_same:
            one, other = _leader(leader, pair.file_x), _leader(leader, pair.file_y)
            leader[max(one, other)] = min(one, other)
    return {name: _leader(leader, name) for name in leader}


def _leader(leader: Mapping[str, str], name: str) -> str:
    while leader[name] != name:
        name = leader[name]
    return name
