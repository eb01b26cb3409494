"""A sheet that is drawn on in millimetres: pictures, entries, a zone in OCR-B."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from kyc.simulation.security_print import Colour, ink, rosette

Image = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]

# Doc 9303-3 §4.1: OCR-B size I, ten characters an inch, lines a quarter of an inch apart.
MRZ_PITCH_MM = 2.54
MRZ_LINE_MM = 6.35
MRZ_LETTER_MM = 2.5

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


class FontMissing(Exception):
    """The OCR-B font is not installed; `str()` names the package."""


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
        font = font_of(face, height_mm * self.px_per_mm)
        if max_mm is not None and font.getlength(text) > max_mm * self.px_per_mm:
            fitting = height_mm * max_mm * self.px_per_mm / font.getlength(text)
            font = font_of(face, fitting * self.px_per_mm)
        draw = ImageDraw.Draw(self.canvas)
        x, y = at[0] * self.px_per_mm, at[1] * self.px_per_mm
        step = spacing_mm * self.px_per_mm
        if right_mm is not None:
            x = right_mm * self.px_per_mm - font.getlength(text) - step * (len(text) - 1)
        pieces = text if spacing_mm else [text]
        for piece in pieces:
            draw.text((x, y), piece, font=font, fill=colour, anchor="ls")
            x += font.getlength(piece) + step


def entry(pen: Pen, label: str, value: str, at: tuple[float, float], *, letter_mm: float) -> None:
    """Write a field: its label in small letters, and the value below it, at most 50 mm long."""
    pen.write(label, (at[0], at[1] - letter_mm - 0.95), letter_mm * 0.48, LABEL)
    pen.write(value, at, letter_mm, INK, face="bold", max_mm=VALUE_MM)


def write_mrz(pen: Pen, lines: tuple[str, ...], left_mm: float, bottom_mm: float) -> None:
    """Print lines, the last one standing on `bottom_mm`, and below them what they are.

    One letter at a time, because the pitch is the standard's and not the font's.
    """
    font = ocr_b(MRZ_LETTER_MM * pen.px_per_mm)
    draw = ImageDraw.Draw(pen.canvas)
    for row, line in enumerate(lines):
        y = (bottom_mm - MRZ_LINE_MM * (len(lines) - 1 - row)) * pen.px_per_mm
        for column, letter in enumerate(line):
            x = (left_mm + MRZ_PITCH_MM * (column + 0.5)) * pen.px_per_mm
            draw.text((x, y), letter, font=font, fill=(30, 24, 20), anchor="ms")
    pen.write(NOTICE, (left_mm, pen.canvas.height / pen.px_per_mm - 1.7), 0.9, LABEL)


def printed(day: date) -> str:
    """A day as documents print it."""
    return day.strftime("%d %b %Y").upper()


def pen_on(sheet: Sheet) -> Pen:
    """A pen for everything that is written after the pictures are pasted."""
    return Pen(PillowImage.fromarray(sheet.pixels), sheet.px_per_mm)


def finished(pen: Pen) -> Image:
    """What was written, as pixels."""
    return np.array(pen.canvas, np.uint8)


def overprint(sheet: Sheet, box: Box) -> None:
    """Fine lines that run over a corner of the portrait, as they guard a real one."""
    x, y, width, height = box
    scale = sheet.px_per_mm
    top, left = round((y + height * 0.72) * scale), round(x * scale)
    bottom, right = round((y + height) * scale), round((x + width) * scale)
    corner = np.ascontiguousarray(sheet.pixels[top:bottom, left:right])
    star = rosette((0.0, height * 0.28), width * 0.5, petals=14, lines=9)
    ink(corner, star, (235, 240, 228), opacity=0.5, px_per_mm=scale)
    sheet.pixels[top:bottom, left:right] = corner


def ghost(portrait: Image) -> Image:
    """The second, pale portrait: one ink, teal on white."""
    grey = cv2.cvtColor(portrait, cv2.COLOR_BGR2GRAY).astype(np.float32)[..., None] / 255
    return np.asarray(np.array(TEAL) * (1 - grey) + np.array(WHITE) * grey, np.uint8)


FACES = {
    "plain": "DejaVuSans.ttf",
    "bold": "DejaVuSans-Bold.ttf",
    "mono": "DejaVuSansMono-Bold.ttf",
    "serif": "STIXGeneralBol.ttf",
}


@lru_cache(maxsize=64)
def font_of(face: str, capital_px: float) -> ImageFont.FreeTypeFont:
    """A face whose capitals are that high; the files lie in matplotlib's package."""
    path = files("matplotlib").joinpath("mpl-data", "fonts", "ttf", FACES[face])
    return _sized(str(path), capital_px)


@lru_cache(maxsize=8)
def ocr_b(capital_px: float) -> ImageFont.FreeTypeFont:
    """The zone's own face, with capitals that high.

    Raises
    ------
    FontMissing
        When it is not installed.
    """
    for path in OCR_B_PATHS:
        if path.is_file():
            return _sized(str(path), capital_px)
    raise FontMissing("The OCR-B font is not installed; `apt-get install fonts-ocr-b` brings it.")


def _sized(path: str, capital_px: float) -> ImageFont.FreeTypeFont:
    probe = ImageFont.truetype(path, 200)
    _, top, _, bottom = probe.getbbox("H", anchor="ls")
    return ImageFont.truetype(path, 200 * capital_px / (bottom - top))
