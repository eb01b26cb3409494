"""Driving licences of Utopia: no machine-readable zone, a PDF417 symbol on the American kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp
from PIL import Image as PillowImage

from kyc.simulation.aamva_payload import LicenceOrder, write_aamva
from kyc.simulation.people import SpecimenPerson
from kyc.simulation.security_print import Colour, ink, rosette, tinted_paper, wave_family
from kyc.simulation.sheets import Pen, Sheet

Image = npt.NDArray[np.uint8]
Style = Literal["american", "european"]

SIZE_MM = (85.6, 54.0)
PX_PER_MM = 16.0
# AAMVA annex D.3: modules of at least .17 mm; symbols of licences are about 75 mm wide.
SYMBOL_MM = (5.0, 27.0, 75.6, 22.0)
COLUMNS = 13  # of the symbol in AAMVA's own example
INK: Colour = (40, 34, 30)
LABEL: Colour = (128, 92, 40)
RED: Colour = (52, 40, 196)
PAPER: tuple[Colour, Colour, Colour, Colour] = (
    (228, 238, 244), (240, 228, 222), (236, 244, 230), (224, 226, 242),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Licence:
    """One rendered licence: both sides, 1370 × 864 px, and what its symbol carries."""

    front: Image
    back: Image
    payload: bytes
    person: SpecimenPerson


def render_licence(
    person: SpecimenPerson,
    *,
    portrait: Image,
    style: Style = "american",
    order: LicenceOrder | None = None,
) -> Licence:
    """Draw a driving licence.

    Parameters
    ----------
    person : SpecimenPerson
    portrait : ndarray of shape (height, width, 3), dtype=uint8
        BGR, about 35 : 45.
    style : {"american", "european"}
        Fields as AAMVA's annex A numbers them, with a symbol on the back; or as directive
        2006/126/EC annex I does, with a plain back.
    order : LicenceOrder
        Version and country of the symbol's content; the latest of the United States by default.
    """
    order = order or LicenceOrder()
    payload = write_aamva(person, order) if style == "american" else b""
    entries = _american(person, order) if style == "american" else _european(person)
    front = _front(
        portrait, entries, "DRIVER LICENSE" if style == "american" else "DRIVING LICENCE"
    )
    return Licence(front, _back(payload), payload, person)


def draw_symbol(payload: bytes, *, module_px: int = 3) -> Image:
    """The PDF417 symbol of some bytes, black on white, its quiet zone around it."""
    symbol = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.PDF417, columns=COLUMNS)
    drawn = np.asarray(symbol.to_image(scale=module_px, add_quiet_zones=True), np.uint8)
    return np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2BGR), np.uint8)


def _front(portrait: Image, entries: list[tuple[str, str, float, float]], title: str) -> Image:
    sheet = Sheet(_ground(), PX_PER_MM)
    sheet.paste(portrait, (4.0, 13.0, 23.0, 29.6))
    pen = Pen(PillowImage.fromarray(sheet.pixels), PX_PER_MM)
    pen.write("UTOPIA", (4.2, 8.2), 4.0, LABEL, face="serif", spacing_mm=0.6)
    pen.write(title, (33.0, 8.0), 2.4, LABEL, face="bold")
    pen.write("SPECIMEN", (4.2, 50.5), 2.4, RED, face="bold", spacing_mm=0.3)
    for label, value, x, y in entries:
        pen.write(label, (x, y), 1.1, LABEL)
        pen.write(value, (x + 7.0, y), 2.0, INK, face="bold", max_mm=46.0)
    return np.array(pen.canvas, np.uint8)


def _american(person: SpecimenPerson, order: LicenceOrder) -> list[tuple[str, str, float, float]]:
    def dated(day: date) -> str:
        return day.strftime("%Y/%m/%d" if order.country == "CAN" else "%m/%d/%Y")

    left, right = 29.5, 62.0
    return [
        ("4d DLN", f"{person.document_number}", left, 14.0),
        ("9 CLASS", "D", right, 14.0),
        ("4b EXP", dated(person.expiry_date), left, 18.6),
        ("1 LN", person.surname.upper(), left, 24.0),
        ("2 FN", person.given_names.upper(), left, 28.6),
        ("8", "1 UTOPIA WAY, RICHMOND", left, 33.2),
        ("3 DOB", dated(person.birth_date), left, 38.4),
        ("15 SEX", person.sex, right, 38.4),
        ("4a ISS", dated(person.issue_date), left, 43.0),
        ("16 HGT", f"{person.height_cm} cm", right, 43.0),
    ]


def _european(person: SpecimenPerson) -> list[tuple[str, str, float, float]]:
    def dated(day: date) -> str:
        return day.strftime("%d.%m.%Y")

    left = 29.5
    return [
        ("1.", person.surname.upper(), left, 14.0),
        ("2.", person.given_names.upper(), left, 18.8),
        ("3.", f"{dated(person.birth_date)} {person.place_of_birth.upper()}", left, 23.6),
        ("4a.", dated(person.issue_date), left, 28.4),
        ("4c.", "AMAUROT", left + 28, 28.4),
        ("4b.", dated(person.expiry_date), left, 33.2),
        ("5.", person.document_number, left, 38.0),
        ("9.", "AM/B", left, 47.0),
    ]


def _back(payload: bytes) -> Image:
    sheet = Sheet(_ground(), PX_PER_MM)
    pen = Pen(PillowImage.fromarray(sheet.pixels), PX_PER_MM)
    pen.write("CLASS D: any single vehicle below 26,001 lb", (5.0, 8.0), 1.5, INK)
    pen.write("RESTRICTIONS: NONE   ENDORSEMENTS: NONE", (5.0, 12.0), 1.5, INK)
    pen.write("Rendered specimen of a fictional state, for tests only.", (5.0, 52.4), 1.0, LABEL)
    pixels = np.array(pen.canvas, np.uint8)
    if payload:
        Sheet(pixels, PX_PER_MM).paste(_stretched(draw_symbol(payload)), SYMBOL_MM)
    return pixels


def _stretched(symbol: Image) -> Image:
    width, height = (round(side * PX_PER_MM) for side in SYMBOL_MM[2:])
    return np.asarray(cv2.resize(symbol, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _ground() -> Image:
    paper = tinted_paper((round(SIZE_MM[0] * PX_PER_MM), round(SIZE_MM[1] * PX_PER_MM)), PAPER)
    waves = wave_family(SIZE_MM, lines=80, amplitude_mm=1.6, period_mm=31, phase=3.0, rise=0.05)
    ink(paper, waves, (190, 170, 120), opacity=0.22, px_per_mm=PX_PER_MM)
    star = rosette((56.0, 28.0), 17.0, petals=14, lines=9)
    ink(paper, star, (150, 160, 210), opacity=0.26, px_per_mm=PX_PER_MM)
    return paper
