"""How often print is read, and how often it contradicts a genuine document: it never should.

Each document's own facts are compared with its print (genuine), and so are those of somebody else
(foreign): a match there would be a forgery passed.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from kyc.decision.agreement import COMPARED, Facts, compare_print, printed_of
from kyc.decision.evidence import FieldMatch
from kyc.evaluating.document_cases import cases_in
from kyc.evaluating.rates import Rate
from kyc.evaluating.report import Order, PartReport, Progress
from kyc.simulation.licences import render_licence
from kyc.simulation.mrz_lines import transliterated
from kyc.simulation.people import SpecimenPerson, draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.cards.crops import crop_document
from kyc.vision.images import ImageLimits, ImageRefused, read_image
from kyc.vision.mrz.parse import parse_mrz
from kyc.vision.visual_zone.ocr import word_engine
from kyc.vision.visual_zone.read import VisualReading, read_visual_zone

Pixels = npt.NDArray[np.uint8]

LIMITS = ImageLimits(min_side_px=100, max_elongation=math.inf)
LAYOUTS = ("passport", "card", "american", "european")
CONDITIONS: dict[str, dict[str, Any]] = {
    "light": {},
    "medium": {"rotation_deg": 12.0, "blur_sigma": 1.2, "perspective": 0.03, "glare": 0.5},
    "harsh": {
        "rotation_deg": -25.0, "blur_sigma": 2.2, "perspective": 0.05, "brightness": 0.6,
        "noise_sigma": 6.0, "jpeg_quality": 55,
    },
}  # fmt: skip
# Somebody who is on none of the documents.
STRANGER = Facts(
    surname="VANTERPOOL",
    given_names="GWENDOLYN",
    document_number="H74031958",
    birth_date=date(1967, 3, 19),
    expiry_date=date(2033, 10, 7),
    nationality="KIR",
)


@dataclass(frozen=True, slots=True)
class PrintCase:
    """One picture: the states of its own facts and of a stranger's, by field."""

    group: str
    name: str
    genuine: dict[str, FieldMatch]
    foreign: dict[str, FieldMatch]
    duration_ms: float

    def row(self) -> dict[str, Any]:
        """The case as JSON."""
        return {
            "file": self.name,
            "group": self.group,
            "genuine": {name: state.value for name, state in self.genuine.items()},
            "foreign": {name: state.value for name, state in self.foreign.items()},
            "ms": self.duration_ms,
        }


def evaluate(order: Order, progress: Progress) -> PartReport:
    """Compare print with the zone's truth on ``mrz/``, and on own renders beside it.

    Raises
    ------
    MaterialRefused
        When the folder has no labels of the expected form.
    """
    folder = order.subfolder("mrz")
    labelled = [case for case in cases_in(folder) if case.lines]
    cases: list[PrintCase] = []
    for done, case in enumerate(labelled):
        progress(case.file, done, len(labelled))
        pixels = _opened(folder / case.file)
        if pixels is not None:
            facts = _facts_of_zone(case.lines, case.format, order.today)
            cases.append(_case("specimens", case.file, pixels, facts, order))
    total = order.simulated * len(LAYOUTS) * len(CONDITIONS)
    for done, (group, name, pixels, facts) in enumerate(_renders(order)):
        progress(group, done, total)
        cases.append(_case(group, name, pixels, facts, order))
    groups = sorted({case.group for case in cases})
    figures = {group: _figures([case for case in cases if case.group == group]) for group in groups}
    return PartReport(figures, [case.row() for case in cases], _table(figures))


def _opened(path: Path) -> Pixels | None:
    try:
        return read_image(path.read_bytes(), LIMITS).pixels
    except (ImageRefused, OSError):
        return None


def _case(group: str, name: str, pixels: Pixels, facts: Facts, order: Order) -> PrintCase:
    reading = _read(pixels, order)
    printed = printed_of(asdict(reading))
    said = {field for field in COMPARED if getattr(facts, field)}
    genuine = {k: v for k, v in compare_print(facts, printed).items() if k in said}
    foreign = dict(compare_print(STRANGER, printed))
    return PrintCase(group, name, genuine, foreign, reading.duration_ms)


def _read(pixels: Pixels, order: Order) -> VisualReading:
    engine = word_engine(order.engine)
    return read_visual_zone(crop_document(pixels), today=order.today, engine=engine)


def _facts_of_zone(lines: tuple[str, ...], format_name: str, today: date) -> Facts:
    fields = parse_mrz(lines, today=today, format_name=format_name).fields
    return Facts(
        surname=fields.surname,
        given_names=fields.given_names,
        document_number=fields.document_number,
        birth_date=fields.birth_date,
        expiry_date=fields.expiry_date,
        nationality=fields.nationality,
        is_name_truncated=fields.name_is_truncated,
        is_visa=format_name.startswith("MRV"),
    )


def _renders(order: Order) -> Iterator[tuple[str, str, Pixels, Facts]]:
    rng = np.random.default_rng([order.seed, 6])
    for number in range(order.simulated):
        person = draw_person(rng, today=order.today)
        for layout in LAYOUTS:
            image = _drawn(person, layout, rng)
            facts = _facts_of(person, layout)
            for condition, settings in CONDITIONS.items():
                photo = photograph(image, rng, **settings)
                yield f"simulated {condition}", f"{layout}-{number}", photo, facts


def _drawn(person: SpecimenPerson, layout: str, rng: np.random.Generator) -> Pixels:
    portrait = load_portrait("astronaut")
    if layout == "american":
        return render_licence(person, portrait=portrait).front
    if layout == "european":
        return render_licence(person, portrait=portrait, style="european").front
    kind = "TD3" if layout == "passport" else "TD1"
    return render_specimen(person, kind=kind, portrait=portrait, rng=rng).front  # type: ignore[arg-type]  # one of the two


def _facts_of(person: SpecimenPerson, layout: str) -> Facts:
    return Facts(
        surname=transliterated(person.surname).replace("<", " "),
        given_names=transliterated(person.given_names).replace("<", " "),
        document_number=person.document_number,
        birth_date=person.birth_date,
        expiry_date=person.expiry_date,
        nationality=person.nationality if layout in {"passport", "card"} else "",
    )


def _figures(cases: Sequence[PrintCase]) -> dict[str, Any]:
    genuine = Counter(state.value for case in cases for state in case.genuine.values())
    foreign = Counter(state.value for case in cases for state in case.foreign.values())
    return {
        "images": len(cases),
        "fields": sum(genuine.values()),
        **{state.value: genuine[state.value] for state in FieldMatch},
        "foreign_fields": sum(foreign.values()),
        **{f"foreign_{state.value}": foreign[state.value] for state in FieldMatch},
        "median_ms": round(median(case.duration_ms for case in cases), 1),
    }


def _table(figures: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    table = []
    for group, found in figures.items():
        fields, strange = found["fields"], found["foreign_fields"]
        table += [
            (f"{group}, fields that match", Rate(found["match"], fields).words),
            (f"{group}, fields in conflict", Rate(found["conflict"], fields).words),
            (f"{group}, a stranger's that match", Rate(found["foreign_match"], strange).words),
            (f"{group}, a stranger's in conflict", Rate(found["foreign_conflict"], strange).words),
            (f"{group}, median time", f"{found['median_ms']} ms"),
        ]
    return table
