"""Specimens of larger cards and of visas: one side, two lines of 36 or 44 characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from kyc.simulation.people import SpecimenPerson
from kyc.simulation.security_print import (
    Colour,
    ink,
    rosette,
    signature,
    tinted_paper,
    wave_family,
)
from kyc.simulation.sheets import (
    GOLD,
    INK,
    LABEL,
    RED,
    ROSE,
    TEAL,
    Pen,
    Sheet,
    entry,
    finished,
    overprint,
    pen_on,
    printed,
    write_mrz,
)

Image = npt.NDArray[np.uint8]
TwoLineKind = Literal["TD2", "MRVA", "MRVB", "FRAID"]
PX_PER_MM = 12.0
ZONE_MM = 21.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Measures of one kind of document, in millimetres, and what stands at its head."""

    size_mm: tuple[float, float]
    left_mm: float
    bottom_mm: float
    heading: str
    number_label: str


# Doc 9303-6 §3.1 (TD2: ID-2 of ISO/IEC 7810) and 9303-7 §3 (visas of full size and of size B). The
# French card is an ID-2 card too.
PLANS: dict[TwoLineKind, Plan] = {
    "TD2": Plan((105.0, 74.0), 6.0, 8.4, "IDENTITY CARD / CARTE D'IDENTITÉ", "Document No."),
    "FRAID": Plan((105.0, 74.0), 6.4, 7.8, "CARTE NATIONALE D'IDENTITÉ", "N°"),
    "MRVA": Plan((120.0, 80.0), 4.2, 9.0, "VISA", "Visa No. / N° de visa"),
    "MRVB": Plan((105.0, 74.0), 6.0, 8.8, "VISA", "Visa No. / N° de visa"),
}
PAPERS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((232, 240, 228), (226, 230, 244), (228, 238, 246), (240, 236, 224)),
    ((240, 228, 222), (230, 238, 240), (244, 236, 226), (226, 232, 240)),
    ((224, 236, 242), (216, 230, 238), (236, 240, 240), (222, 228, 236)),
)


def render_two_line_document(
    person: SpecimenPerson,
    kind: TwoLineKind,
    *,
    portrait: Image,
    lines: tuple[str, ...],
    rng: np.random.Generator,
) -> Image:
    """Draw one side that carries everything.

    Parameters
    ----------
    person : SpecimenPerson
    kind : {"TD2", "MRVA", "MRVB", "FRAID"}
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR, about 35 : 45.
    lines : tuple of str
        The zone.
    rng : numpy.random.Generator
        Draws the ground, whose pattern runs on under the zone more or less strongly, and the
        signature.

    Returns
    -------
    ndarray of shape (height, width, 3), dtype=uint8
        BGR, 12 px a millimetre.
    """
    plan = PLANS[kind]
    sheet = Sheet(_ground(plan, rng), PX_PER_MM)
    box = (5.0, 15.0, 26.0, 33.4)
    sheet.paste(portrait, box)
    overprint(sheet, box)
    scribble = signature(rng, (0, 0), 14.0, letters=min(9, len(person.surname) + 1))
    moved = [stroke + np.array((plan.size_mm[0] - 24.0, 48.0)) for stroke in scribble]
    ink(sheet.pixels, moved, INK, opacity=0.9, px_per_mm=PX_PER_MM, width_px=3)
    pen = pen_on(sheet)
    _write_heading(pen, plan)
    for label, value, x, y in _entries(person, kind, plan):
        entry(pen, label, value, (x, y), letter_mm=1.9)
    write_mrz(pen, lines, plan.left_mm, plan.size_mm[1] - plan.bottom_mm)
    return finished(pen)


def _ground(plan: Plan, rng: np.random.Generator) -> Image:
    (width, height), scale = plan.size_mm, PX_PER_MM
    corners = PAPERS[int(rng.integers(len(PAPERS)))]
    paper = tinted_paper((round(width * scale), round(height * scale)), corners)
    centre = (width * float(rng.uniform(0.4, 0.8)), height * float(rng.uniform(0.3, 0.5)))
    across = wave_family(
        plan.size_mm, lines=80, amplitude_mm=2.0, period_mm=float(rng.uniform(25, 55)), phase=4.0
    )
    down = wave_family(
        plan.size_mm, lines=70, amplitude_mm=2.6, period_mm=float(rng.uniform(30, 60)), phase=-5.0
    )
    layers = (
        (across, TEAL, 0.22),
        (down, ROSE, 0.22),
        (rosette(centre, height * 0.34, petals=14, lines=11), GOLD, 0.35),
    )
    for curves, colour, opacity in layers:
        ink(paper, curves, colour, opacity=opacity, px_per_mm=scale)
    kept, zone = float(rng.uniform(0.2, 0.8)), round(ZONE_MM * scale)
    paper[-zone:] = np.round(paper[-zone:] * kept + np.array((248, 250, 250)) * (1 - kept))
    return paper


def _write_heading(pen: Pen, plan: Plan) -> None:
    width = plan.size_mm[0]
    pen.write("UTOPIA", (5.0, 7.4), 2.8, TEAL, face="serif", spacing_mm=0.9)
    pen.write(plan.heading, (32.0, 7.2), 1.6, LABEL, face="bold", spacing_mm=0.12)
    pen.write("SPECIMEN", (0, 12.0), 2.2, RED, face="bold", spacing_mm=0.3, right_mm=width - 5.0)


def _entries(
    person: SpecimenPerson, kind: TwoLineKind, plan: Plan
) -> tuple[tuple[str, str, float, float], ...]:
    left, right = 34.0, 66.0
    dates = (
        ("Date of birth / Naissance", printed(person.birth_date), left, 37.0),
        ("Date of issue / Délivrance", printed(person.issue_date), left, 44.0),
    )
    expiry = ("Valid until / Expiration", printed(person.expiry_date), right, 37.0)
    return (
        (plan.number_label, person.document_number, left, 16.0),
        ("Surname / Nom", person.surname.upper(), left, 23.0),
        ("Given names / Prénoms", person.given_names.upper(), left, 30.0),
        ("Nationality", person.nationality, right, 30.0),
        ("Sex / Sexe", person.sex, right, 44.0),
        *dates,
        # The French card does not say when it runs out.
        *(() if kind == "FRAID" else (expiry,)),
    )
