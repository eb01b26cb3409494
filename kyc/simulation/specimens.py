"""Specimen passports and identity cards of Utopia, drawn to the measures of ICAO Doc 9303.

They are what tests, the demo and the benchmarks show to the engines: a real layout, a real
machine-readable zone in OCR-B, a portrait, and the word SPECIMEN across them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

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

__all__ = ["FontMissing", "Kind", "Specimen", "SpecimenPerson", "render_specimen"]

Image = npt.NDArray[np.uint8]
Kind = Literal["TD3", "TD1"]
Box = tuple[float, float, float, float]

# Doc 9303-4 §3.1 and 9303-5 §3.1: the page of a passport book, and a card of ISO/IEC 7810 ID-1.
SIZE_MM: dict[str, tuple[float, float]] = {"TD3": (125.0, 88.0), "TD1": (85.6, 54.0)}
# A phone held over a passport or a card gives about this many pixels a millimetre.
PX_PER_MM: dict[str, float] = {"TD3": 12.0, "TD1": 16.0}

# Doc 9303-3 §4.1: OCR-B size I, ten characters an inch, lines a quarter of an inch apart.
MRZ_PITCH_MM = 2.54
MRZ_LINE_MM = 6.35
MRZ_LETTER_MM = 2.5
MRZ_LEFT_MM: dict[str, float] = {"TD3": 6.6, "TD1": 4.7}
MRZ_BOTTOM_MM: dict[str, float] = {"TD3": 8.6, "TD1": 5.6}  # base line of the last line
MRZ_ZONE_MM: dict[str, float] = {"TD3": 22.5, "TD1": 23.2}

# A long name ends before the column at the right edge of either document.
VALUE_MM = 50.0
NOTICE = "Rendered specimen of a fictional state, for tests only. Not a travel document."

OCR_B_PATHS = (
    Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf"),  # Debian and Ubuntu: fonts-ocr-b
    Path("/usr/local/share/fonts/OCRB.otf"),
)

TEAL: Colour = (104, 92, 28)
ROSE: Colour = (120, 110, 190)
GOLD: Colour = (74, 138, 178)
INK: Colour = (48, 36, 30)
LABEL: Colour = (120, 104, 58)
RED: Colour = (52, 40, 196)
WHITE: Colour = (255, 255, 255)
PAPER: dict[str, tuple[Colour, Colour, Colour, Colour]] = {
    "TD3": ((236, 240, 226), (214, 228, 243), (222, 236, 246), (238, 234, 218)),
    "TD1": ((240, 236, 220), (222, 236, 244), (224, 232, 246), (238, 240, 226)),
}


class FontMissing(Exception):
    """The OCR-B font is not installed; `str()` names the package."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """One rendered document.

    Attributes
    ----------
    front, back : ndarray of shape (height, width, 3), dtype=uint8
        BGR; a passport has no back.
    kind : {"TD3", "TD1"}
    mrz_lines : tuple of str
        As printed, on the front of a passport and on the back of a card.
    person : SpecimenPerson
    """

    front: Image
    back: Image | None
    kind: Kind
    mrz_lines: tuple[str, ...]
    person: SpecimenPerson


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of paper that is drawn on in millimetres."""

    pixels: Image
    px_per_mm: float

    def paste(self, picture: Image, box: Box, *, opacity: float = 1.0) -> None:
        """Put a picture into x, y, width, height (mm), with soft edges, so that no frame shows."""
        x, y, width, height = (round(value * self.px_per_mm) for value in box)
        resized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        feather = max(2, round(0.5 * self.px_per_mm))
        alpha = np.zeros((height, width), np.float32)
        alpha[feather:-feather, feather:-feather] = opacity
        alpha = cv2.GaussianBlur(alpha, (0, 0), feather / 2.5)[..., None]
        place = self.pixels[y : y + height, x : x + width]
        place[:] = np.round(place * (1 - alpha) + resized * alpha)

    def fill(self, box: Box, colour: Colour, *, opacity: float) -> None:
        """Tint x, y, width, height (mm)."""
        x, y, width, height = (round(value * self.px_per_mm) for value in box)
        place = self.pixels[y : y + height, x : x + width]
        place[:] = np.round(place * (1 - opacity) + np.array(colour) * opacity)


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes on a sheet, all positions in millimetres and all heights of capitals."""

    canvas: PillowImage.Image
    px_per_mm: float

    def write(
        self,
        text: str,
        at: tuple[float, float],
        height_mm: float,
        colour: Colour,
        *,
        face: str = "plain",
        spacing_mm: float = 0.0,
        right_mm: float | None = None,
        max_mm: float | None = None,
    ) -> None:
        """Write from `at` on, or so that the text ends at `right_mm`; smaller if it must fit."""
        font = _font(face, height_mm * self.px_per_mm)
        if max_mm is not None and font.getlength(text) > max_mm * self.px_per_mm:
            fitting = height_mm * max_mm * self.px_per_mm / font.getlength(text)
            font = _font(face, fitting * self.px_per_mm)
        draw = ImageDraw.Draw(self.canvas)
        x, y = at[0] * self.px_per_mm, at[1] * self.px_per_mm
        step = spacing_mm * self.px_per_mm
        if right_mm is not None:
            x = right_mm * self.px_per_mm - font.getlength(text) - step * (len(text) - 1)
        pieces = text if spacing_mm else [text]
        for piece in pieces:
            draw.text((x, y), piece, font=font, fill=colour, anchor="ls")
            x += font.getlength(piece) + step


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
    kind : {"TD3", "TD1"}
        A passport's data page, 1500 × 1056 px, or both sides of a card, 1370 × 864 px.
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR, about 35 : 45.
    rng : numpy.random.Generator
        Draws the signature.

    Raises
    ------
    FontMissing
        When OCR-B is not installed.
    """
    lines = write_lines(person, kind)
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
    _overprint(sheet, (6.5, 16.5, 34.0, 43.7))
    sheet.paste(_ghost(portrait), (100.5, 38.0, 16.5, 21.2), opacity=0.42)
    moved = [stroke * 0.85 + np.array((83.0, 62.4)) for stroke in scribble]
    ink(sheet.pixels, moved, INK, opacity=0.9, px_per_mm=sheet.px_per_mm, width_px=3)
    pen = _pen(sheet)
    _passport_heading(pen, person)
    left, middle, right = 44.5, 71.0, 97.0
    entries = (
        ("Surname / Nom", person.surname.upper(), left, 22.0),
        ("Given names / Prénoms", person.given_names.upper(), left, 30.0),
        ("Nationality / Nationalité", "UTOPIAN", left, 38.0),
        ("Personal No. / N° personnel", person.personal_number or "—", middle, 38.0),
        ("Date of birth / Date de naissance", _printed(person.birth_date), left, 46.0),
        ("Sex / Sexe", person.sex, middle + 10, 46.0),
        ("Place of birth / Lieu de naissance", person.place_of_birth.upper(), left, 54.0),
        ("Date of issue / Date de délivrance", _printed(person.issue_date), left, 62.0),
        ("Date of expiry / Expiration", _printed(person.expiry_date), right, 22.0),
        ("Authority / Autorité", "AMAUROT", right, 30.0),
        ("Signature", "", 83.0, 54.0),
    )  # fmt: skip
    for label, value, x, y in entries:
        _entry(pen, label, value, (x, y), letter_mm=2.05)
    _write_mrz(pen, lines, "TD3")
    return _finished(pen)


def _passport_heading(pen: Pen, person: SpecimenPerson) -> None:
    pen.write("UTOPIA", (6.5, 9.4), 3.4, TEAL, face="serif", spacing_mm=1.1)
    pen.write("PASSPORT / PASSEPORT", (6.5, 13.6), 1.5, LABEL, face="bold", spacing_mm=0.12)
    for label, value, x in (
        ("Type", "P", 44.5), ("Code of State", person.issuing_state, 53.0),
        ("Passport No. / N° du passeport", person.document_number, 71.0),
    ):  # fmt: skip
        _entry(pen, label, value, (x, 13.6), letter_mm=2.2)
    pen.write("SPECIMEN", (0, 9.4), 2.5, RED, face="bold", spacing_mm=0.35, right_mm=118.4)


def _card_front(
    person: SpecimenPerson, portrait: Image, scribble: list[npt.NDArray[np.float64]]
) -> Image:
    sheet = Sheet(_ground("TD1").copy(), PX_PER_MM["TD1"])
    sheet.fill((0, 0, 85.6, 8.6), TEAL, opacity=0.88)
    sheet.paste(portrait, (4.2, 11.2, 24.6, 31.6))
    _overprint(sheet, (4.2, 11.2, 24.6, 31.6))
    sheet.paste(_ghost(portrait), (69.6, 33.0, 12.0, 15.4), opacity=0.40)
    moved = [stroke * 0.62 + np.array((50.5, 48.6)) for stroke in scribble]
    ink(sheet.pixels, moved, INK, opacity=0.9, px_per_mm=sheet.px_per_mm, width_px=3)
    pen = _pen(sheet)
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
        ("Date of birth / Naissance", _printed(person.birth_date), left, 34.9),
        ("Date of expiry / Expiration", _printed(person.expiry_date), left, 41.4),
        ("Signature", "", 50.5, 41.4),
    )
    for label, value, x, y in entries:
        _entry(pen, label, value, (x, y), letter_mm=1.8)
    pen.write(person.document_number, (4.4, 48.6), 2.2, INK, face="mono", spacing_mm=0.25)
    pen.write("Document No. / N° du document", (4.4, 45.3), 0.92, LABEL)
    return _finished(pen)


def _card_back(person: SpecimenPerson, lines: tuple[str, ...]) -> Image:
    sheet = Sheet(_ground("TD1", is_back=True).copy(), PX_PER_MM["TD1"])
    sheet.fill((0, 0, 85.6, 1.6), TEAL, opacity=0.88)
    pen = _pen(sheet)
    entries = (
        ("Place of birth / Lieu de naissance", person.place_of_birth.upper(), 4.4, 8.4),
        ("Height / Taille", f"{person.height_cm} cm", 34.0, 8.4),
        ("Date of issue / Date de délivrance", _printed(person.issue_date), 4.4, 15.2),
        ("Authority / Autorité", "AMAUROT", 34.0, 15.2),
        ("Personal No. / N° personnel", person.personal_number or "—", 4.4, 22.0),
        ("Document No. / N° du document", person.document_number, 34.0, 22.0),
    )
    for label, value, x, y in entries:
        _entry(pen, label, value, (x, y), letter_mm=1.8)
    pen.write("SPECIMEN", (4.4, 28.2), 1.9, RED, face="bold", spacing_mm=0.3)
    _write_mrz(pen, lines, "TD1")
    return _finished(pen)


@lru_cache(maxsize=3)
def _ground(kind: Kind, *, is_back: bool = False) -> Image:
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


def _watermark(paper: Image, kind: Kind) -> None:
    """SPECIMEN across the visual zone, pale enough to read everything over it."""
    height, width = paper.shape[:2]
    middle_mm, letter_mm = {"TD3": ((82.0, 41.0), 8.6), "TD1": ((58.0, 32.0), 5.8)}[kind]
    centre = (middle_mm[0] * PX_PER_MM[kind], middle_mm[1] * PX_PER_MM[kind])
    layer = PillowImage.new("L", (width, height), 0)
    font = _font("bold", letter_mm * PX_PER_MM[kind])
    ImageDraw.Draw(layer).text(centre, "SPECIMEN", font=font, fill=255, anchor="mm")
    turned = layer.rotate(16, resample=PillowImage.Resampling.BICUBIC, center=centre)
    alpha = (np.asarray(turned, np.float32) / 255 * 0.14)[..., None]
    paper[:] = np.round(paper * (1 - alpha) + np.array(RED) * alpha)


def _overprint(sheet: Sheet, box: Box) -> None:
    """Fine lines that run over a corner of the portrait, as they guard a real one."""
    x, y, width, height = box
    scale = sheet.px_per_mm
    top, left = round((y + height * 0.72) * scale), round(x * scale)
    bottom, right = round((y + height) * scale), round((x + width) * scale)
    corner = np.ascontiguousarray(sheet.pixels[top:bottom, left:right])
    star = rosette((0.0, height * 0.28), width * 0.5, petals=14, lines=9)
    ink(corner, star, (235, 240, 228), opacity=0.5, px_per_mm=scale)
    sheet.pixels[top:bottom, left:right] = corner


def _ghost(portrait: Image) -> Image:
    """The second, pale portrait: one ink, teal on white."""
    grey = cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY).astype(np.float32)[..., None] / 255
    return np.asarray(np.array(TEAL) * (1 - grey) + np.array(WHITE) * grey, np.uint8)


def _entry(pen: Pen, label: str, value: str, at: tuple[float, float], *, letter_mm: float) -> None:
    """A field: its label in small letters, and the value below it, at most 50 mm long."""
    pen.write(label, (at[0], at[1] - letter_mm - 0.95), letter_mm * 0.48, LABEL)
    pen.write(value, at, letter_mm, INK, face="bold", max_mm=VALUE_MM)


def _write_mrz(pen: Pen, lines: tuple[str, ...], kind: Kind) -> None:
    """One letter at a time, because the pitch is the standard's and not the font's."""
    font = _ocr_b(MRZ_LETTER_MM * pen.px_per_mm)
    draw = ImageDraw.Draw(pen.canvas)
    bottom_mm = SIZE_MM[kind][1] - MRZ_BOTTOM_MM[kind]
    for row, line in enumerate(lines):
        y = (bottom_mm - MRZ_LINE_MM * (len(lines) - 1 - row)) * pen.px_per_mm
        for column, letter in enumerate(line):
            x = (MRZ_LEFT_MM[kind] + MRZ_PITCH_MM * (column + 0.5)) * pen.px_per_mm
            draw.text((x, y), letter, font=font, fill=(30, 24, 20), anchor="ms")
    pen.write(NOTICE, (MRZ_LEFT_MM[kind], SIZE_MM[kind][1] - 1.7), 0.9, LABEL)


def _printed(day: date) -> str:
    return day.strftime("%d %b %Y").upper()


def _pen(sheet: Sheet) -> Pen:
    return Pen(PillowImage.fromarray(sheet.pixels), sheet.px_per_mm)


def _finished(pen: Pen) -> Image:
    return np.array(pen.canvas, np.uint8)


FACES = {
    "plain": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "mono": "DejaVuSansMono-Bold.ttf",
    "serif": "STIXGeneralBol.ttf",
}


@lru_cache(maxsize=64)
def _font(face: str, capital_px: float) -> ImageFont.FreeTypeFont:
    """A face whose capitals are that high; the files lie in matplotlib's package."""
    path = files("matplotlib").joinpath("mpl-data", "fonts", "ttf", FACES[face])
    return _sized(str(path), capital_px)


@lru_cache(maxsize=8)
def _ocr_b(capital_px: float) -> ImageFont.FreeTypeFont:
    for path in OCR_B_PATHS:
        if path.is_file():
            return _sized(str(path), capital_px)
    raise FontMissing("The OCR-B font is not installed; `apt-get install fonts-ocr-b` brings it.")


def _sized(path: str, capital_px: float) -> ImageFont.FreeTypeFont:
    probe = ImageFont.truetype(path, 200)
    _, top, _, bottom = probe.getbbox("H", anchor="ls")
    return ImageFont.truetype(path, 200 * capital_px / (bottom - top))
