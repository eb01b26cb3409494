"""Specimen passports and identity cards of Utopia, drawn to the measures of ICAO Doc 9303.

They are what tests, the demo and the benchmarks show to the engines: a real layout, a real
machine-readable zone in OCR-B, a portrait, and the word SPECIMEN across them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw

from kyc.simulation.mrz_lines import write_lines
from kyc.simulation.people import SpecimenPerson
from kyc.simulation.security_print import (
    Colour,
    emblem,
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
    WHITE,
    FontMissing,
    Image,
    Pen,
    Sheet,
    entry,
    finished,
    font_of,
    ghost,
    overprint,
    pen_on,
    printed,
    write_mrz,
)
from kyc.simulation.two_line_documents import TwoLineKind, render_two_line_document

__all__ = ["FontMissing", "Kind", "Specimen", "SpecimenPerson", "render_specimen"]

Kind = Literal["TD3", "TD1"] | TwoLineKind

# Doc 9303-4 §3.1 and 9303-5 §3.1: the page of a passport book, and a card of ISO/IEC 7810 ID-1.
SIZE_MM: dict[str, tuple[float, float]] = {"TD3": (125.0, 88.0), "TD1": (85.6, 54.0)}
# A phone held over a passport or a card gives about this many pixels a millimetre.
PX_PER_MM: dict[str, float] = {"TD3": 12.0, "TD1": 16.0}
MRZ_LEFT_MM: dict[str, float] = {"TD3": 6.6, "TD1": 4.7}
MRZ_BOTTOM_MM: dict[str, float] = {"TD3": 8.6, "TD1": 5.6}  # base line of the last line
MRZ_ZONE_MM: dict[str, float] = {"TD3": 22.5, "TD1": 23.2}

PAPER: dict[str, tuple[Colour, Colour, Colour, Colour]] = {
    "TD3": ((236, 240, 226), (214, 228, 243), (222, 236, 246), (238, 234, 218)),
    "TD1": ((240, 236, 220), (222, 236, 244), (224, 232, 246), (238, 240, 226)),
}


@dataclass(frozen=True, slots=True)
class Specimen:
    """One rendered document.

    Attributes
    ----------
    front, back : ndarray of shape (height, width, 3), dtype=uint8
        BGR; only a TD1 card has a back.
    kind : {"TD3", "TD1", "TD2", "MRVA", "MRVB", "FRAID"}
    mrz_lines : tuple of str
        As printed, on the back of a TD1 card and on the front of everything else.
    person : SpecimenPerson
    """

    front: Image
    back: Image | None
    kind: Kind
    mrz_lines: tuple[str, ...]
    person: SpecimenPerson


def render_specimen(
    person: SpecimenPerson,
    *,
    kind: Kind,
    portrait: Image,
    rng: np.random.Generator,
) -> Specimen:
    """Draw a specimen document.

    Parameters
    ----------
    person : SpecimenPerson
    kind : {"TD3", "TD1", "TD2", "MRVA", "MRVB", "FRAID"}
        A passport's data page, 1500 × 1056 px, both sides of a card, 1370 × 864 px, or one side of
        a larger card or a visa.
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR, about 35 : 45.
    rng : numpy.random.Generator
        Draws the signature, and of visas and larger cards the ground.

    Raises
    ------
    FontMissing
        When OCR-B is not installed.
    """
    lines = write_lines(person, kind)
    if kind in {"TD2", "MRVA", "MRVB", "FRAID"}:
        page = render_two_line_document(person, kind, portrait=portrait, lines=lines, rng=rng)
        return Specimen(page, None, kind, lines, person)
    scribble = signature(rng, (0, 0), 20.0, letters=min(9, len(person.surname) + 1))
    if kind == "TD3":
        front = _passport(person, portrait, scribble, lines)
        return Specimen(front, None, kind, lines, person)
    return Specimen(
        _card_front(person, portrait, scribble), _card_back(person, lines), kind, lines, person
    )


def _passport(
    person: SpecimenPerson, portrait: Image, scribble: list[npt.NDArray[np.float64]],
    lines: tuple[str, ...],
) -> Image:  # fmt: skip
    sheet = Sheet(_ground("TD3").copy(), PX_PER_MM["TD3"])
    sheet.paste(portrait, (6.5, 16.5, 34.0, 43.7))
    overprint(sheet, (6.5, 16.5, 34.0, 43.7))
    sheet.paste(ghost(portrait), (100.5, 38.0, 16.5, 21.2), opacity=0.42)
    moved = [stroke * 0.85 + np.array((83.0, 62.4)) for stroke in scribble]
    ink(sheet.pixels, moved, INK, opacity=0.9, px_per_mm=sheet.px_per_mm, width_px=3)
    pen = pen_on(sheet)
    _passport_heading(pen, person)
    left, middle, right = 44.5, 71.0, 97.0
    entries = (
        ("Surname / Nom", person.surname.upper(), left, 22.0),
        ("Given names / Prénoms", person.given_names.upper(), left, 30.0),
        ("Nationality / Nationalité", "UTOPIAN", left, 38.0),
        ("Personal No. / N° personnel", person.personal_number or "—", middle, 38.0),
        ("Date of birth / Date de naissance", printed(person.birth_date), left, 46.0),
        ("Sex / Sexe", person.sex, middle + 10, 46.0),
        ("Place of birth / Lieu de naissance", person.place_of_birth.upper(), left, 54.0),
        ("Date of issue / Date de délivrance", printed(person.issue_date), left, 62.0),
        ("Date of expiry / Expiration", printed(person.expiry_date), right, 22.0),
        ("Authority / Autorité", "AMAUROT", right, 30.0),
        ("Signature", "", 83.0, 54.0),
    )  # fmt: skip
    for label, value, x, y in entries:
        entry(pen, label, value, (x, y), letter_mm=2.05)
    _write_zone(pen, lines, "TD3")
    return finished(pen)


def _passport_heading(pen: Pen, person: SpecimenPerson) -> None:
    pen.write("UTOPIA", (6.5, 9.4), 3.4, TEAL, face="serif", spacing_mm=1.1)
    pen.write("PASSPORT / PASSEPORT", (6.5, 13.6), 1.5, LABEL, face="bold", spacing_mm=0.12)
    for label, value, x in (
        ("Type", "P", 44.5), ("Code of State", person.issuing_state, 53.0),
        ("Passport No. / N° du passeport", person.document_number, 71.0),
    ):  # fmt: skip
        entry(pen, label, value, (x, 13.6), letter_mm=2.2)
    pen.write("SPECIMEN", (0, 9.4), 2.5, RED, face="bold", spacing_mm=0.35, right_mm=118.4)


def _card_front(
    person: SpecimenPerson, portrait: Image, scribble: list[npt.NDArray[np.float64]]
) -> Image:
    sheet = Sheet(_ground("TD1").copy(), PX_PER_MM["TD1"])
    sheet.fill((0, 0, 85.6, 8.6), TEAL, opacity=0.88)
    sheet.paste(portrait, (4.2, 11.2, 24.6, 31.6))
    overprint(sheet, (4.2, 11.2, 24.6, 31.6))
    sheet.paste(ghost(portrait), (69.6, 33.0, 12.0, 15.4), opacity=0.40)
    moved = [stroke * 0.62 + np.array((50.5, 48.6)) for stroke in scribble]
    ink(sheet.pixels, moved, INK, opacity=0.9, px_per_mm=sheet.px_per_mm, width_px=3)
    pen = pen_on(sheet)
    pen.write("UTOPIA", (4.4, 5.9), 2.5, WHITE, face="serif", spacing_mm=0.8)
    pen.write("IDENTITY CARD / CARTE D'IDENTITÉ", (28.5, 5.6), 1.55, WHITE, face="bold",
              spacing_mm=0.12)  # fmt: skip
    pen.write("SPECIMEN", (0, 12.6), 2.0, RED, face="bold", spacing_mm=0.3, right_mm=82.0)
    left, right = 31.5, 56.0
    entries = (
        ("Surname / Nom", person.surname.upper(), left, 15.4),
        ("Given names / Prénoms", person.given_names.upper(), left, 21.9),
        ("Nationality / Nationalité", person.nationality, left, 28.4),
        ("Sex / Sexe", person.sex, right, 28.4),
        ("Date of birth / Naissance", printed(person.birth_date), left, 34.9),
        ("Date of expiry / Expiration", printed(person.expiry_date), left, 41.4),
        ("Signature", "", 50.5, 41.4),
    )
    for label, value, x, y in entries:
        entry(pen, label, value, (x, y), letter_mm=1.8)
    pen.write(person.document_number, (4.4, 48.6), 2.2, INK, face="mono", spacing_mm=0.25)
    pen.write("Document No. / N° du document", (4.4, 45.3), 0.92, LABEL)
    return finished(pen)


def _card_back(person: SpecimenPerson, lines: tuple[str, ...]) -> Image:
    sheet = Sheet(_ground("TD1", is_back=True).copy(), PX_PER_MM["TD1"])
    sheet.fill((0, 0, 85.6, 1.6), TEAL, opacity=0.88)
    pen = pen_on(sheet)
    entries = (
        ("Place of birth / Lieu de naissance", person.place_of_birth.upper(), 4.4, 8.4),
        ("Height / Taille", f"{person.height_cm} cm", 34.0, 8.4),
        ("Date of issue / Date de délivrance", printed(person.issue_date), 4.4, 15.2),
        ("Authority / Autorité", "AMAUROT", 34.0, 15.2),
        ("Personal No. / N° personnel", person.personal_number or "—", 4.4, 22.0),
        ("Document No. / N° du document", person.document_number, 34.0, 22.0),
    )
    for label, value, x, y in entries:
        entry(pen, label, value, (x, y), letter_mm=1.8)
    pen.write("SPECIMEN", (4.4, 28.2), 1.9, RED, face="bold", spacing_mm=0.3)
    _write_zone(pen, lines, "TD1")
    return finished(pen)


def _write_zone(pen: Pen, lines: tuple[str, ...], kind: str) -> None:
    write_mrz(pen, lines, MRZ_LEFT_MM[kind], SIZE_MM[kind][1] - MRZ_BOTTOM_MM[kind])


@lru_cache(maxsize=3)
def _ground(kind: str, *, is_back: bool = False) -> Image:
    """The printed sheet before anything of a person is on it."""
    scale, (width, height) = PX_PER_MM[kind], SIZE_MM[kind]
    paper = tinted_paper((round(width * scale), round(height * scale)), PAPER[kind])
    centre = (width * (0.82 if is_back else 0.66), height * (0.27 if is_back else 0.43))
    size = (width, height)
    across = wave_family(size, lines=96, amplitude_mm=1.8, period_mm=37, phase=4.2, rise=0.08)
    down = wave_family(size, lines=88, amplitude_mm=2.4, period_mm=53, phase=-5.5, rise=-0.14)
    outer, inner = height * (0.22 if is_back else 0.36), height * (0.13 if is_back else 0.20)
    layers = (
        (across, TEAL, 0.22),
        (down, ROSE, 0.24),
        (rosette(centre, outer, petals=16, lines=12, inner=0.55), TEAL, 0.30),
        (rosette(centre, inner, petals=11, lines=8, inner=0.62), GOLD, 0.45),
        (rosette((0.0, height), height * 0.42, petals=14, lines=10, inner=0.5), ROSE, 0.30),
        (emblem(centre, inner * 0.60), TEAL, 0.55),
    )
    for curves, colour, opacity in layers:
        ink(paper, curves, colour, opacity=opacity, px_per_mm=scale)
    if kind == "TD3" or is_back:
        zone = round(MRZ_ZONE_MM[kind] * scale)
        paper[-zone:] = np.round(paper[-zone:] * 0.4 + np.array((248, 250, 250)) * 0.6)
    if not is_back:
        _watermark(paper, kind)
    paper.flags.writeable = False
    return paper


def _watermark(paper: Image, kind: str) -> None:
    """SPECIMEN across the visual zone, pale enough to read everything over it."""
    height, width = paper.shape[:2]
    middle_mm, letter_mm = {"TD3": ((82.0, 41.0), 8.6), "TD1": ((58.0, 32.0), 5.8)}[kind]
    centre = (middle_mm[0] * PX_PER_MM[kind], middle_mm[1] * PX_PER_MM[kind])
    layer = PillowImage.new("L", (width, height), 0)
    font = font_of("bold", letter_mm * PX_PER_MM[kind])
    ImageDraw.Draw(layer).text(centre, "SPECIMEN", font=font, fill=255, anchor="mm")
    turned = layer.rotate(16, resample=PillowImage.Resampling.BICUBIC, center=centre)
    alpha = (np.asarray(turned, np.float32) / 255 * 0.14)[..., None]
    paper[:] = np.round(paper * (1 - alpha) + np.array(RED) * alpha)
