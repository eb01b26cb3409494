"""Find and read the two-dimensional bar codes in a picture of a document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from kyc.vision.barcodes.locate import SymbolArea, cut_out, find_symbols

Pixels = npt.NDArray[np.uint8]
Gray = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]
Kind = Literal["pdf417", "qr"]

# Larger pictures are shrunk to it: the bars of a licence are then still 3 px wide, and finding
# symbols in 12 megapixels would take four times as long.
WORKING_SIDE_PX = 2400
# What is cut out is enlarged no further than this: an area that is not a symbol may be the picture.
MAX_CUT_SIDE_PX = 2000
MAX_BARCODES = 8
# A QR code holds 7,089 digits (ISO/IEC 18004 §7.3); more than a screenful is of no use to anybody.
MAX_TEXT = 2000

_KINDS: dict[Any, Kind] = {
    zxingcpp.BarcodeFormat.PDF417: "pdf417",
    zxingcpp.BarcodeFormat.QRCode: "qr",
}


@dataclass(frozen=True, slots=True)
class Barcode:
    """One symbol.

    Attributes
    ----------
    kind : {"pdf417", "qr"}
    data : bytes
        As the symbol carries them: control characters are part of a licence's structure.
    text : str
        For people: without control characters, at most 2,000 characters. What it says was written
        by whoever made the document: never follow a link in it.
    corners : tuple of four (x, y)
        In pixels of the picture handed in, clockwise from the symbol's own top left.
    """

    kind: Kind
    data: bytes
    text: str
    corners: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Try:
    """How an area is handed to the decoder."""

    zoom: float
    is_sharpened: bool
    binarizer: Any


_LOCAL, _GLOBAL = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
TRIES = (
    _Try(2.5, is_sharpened=False, binarizer=_LOCAL),
    _Try(1.5, is_sharpened=False, binarizer=_LOCAL),
    _Try(2.5, is_sharpened=True, binarizer=_LOCAL),
    _Try(2.5, is_sharpened=False, binarizer=_GLOBAL),
)


def read_barcodes(pixels: Pixels) -> tuple[Barcode, ...]:
    """Read the PDF417 and QR codes of a photograph.

    1. The whole picture is decoded as it is: enough for scans.
    2. Areas that look like a symbol are levelled and enlarged, which is what photographs need, and
       decoded in a few ways until one gives a symbol.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, 0–255.

    Returns
    -------
    tuple of Barcode
        Each symbol once, from top to bottom; empty when there is none.
    """
    gray = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
    scale = min(1.0, WORKING_SIDE_PX / max(gray.shape))
    if scale < 1:
        small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        gray = np.asarray(small, np.uint8)
    found: dict[tuple[str, bytes], Barcode] = {}
    for barcode in _search(gray):
        found.setdefault((barcode.kind, barcode.data), _scaled(barcode, 1 / scale))
    top_down = sorted(found.values(), key=lambda barcode: barcode.corners[0][1])
    return tuple(top_down[:MAX_BARCODES])


def _search(gray: Gray) -> Iterator[Barcode]:
    plain = list(_decoded(gray, _LOCAL, np.eye(3)))
    yield from plain
    for area in find_symbols(gray):
        if not any(_is_inside(barcode, area) for barcode in plain):
            yield from _tried(gray, area)


def _tried(gray: Gray, area: SymbolArea) -> list[Barcode]:
    """What the first try that gives anything gives."""
    for one in TRIES:
        zoom = min(one.zoom, MAX_CUT_SIDE_PX / area.width_px)
        picture, to_source = cut_out(gray, area, zoom=zoom)
        if one.is_sharpened:
            picture = _sharpened(picture, zoom)
        found = list(_decoded(picture, one.binarizer, to_source))
        if found:
            return found
    return []


def _sharpened(picture: Gray, zoom: float) -> Gray:
    """Unsharp mask: a lens that is out of focus takes the contrast of the finest bars first."""
    soft = cv2.GaussianBlur(picture, (0, 0), 1.5 * zoom)
    return np.asarray(cv2.addWeighted(picture, 2.5, soft, -1.5, 0), np.uint8)


def _decoded(picture: Gray, binarizer: Any, to_source: Points) -> Iterator[Barcode]:
    for symbol in zxingcpp.read_barcodes(picture, formats=list(_KINDS), binarizer=binarizer):
        place = symbol.position
        corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
        points = np.array([(corner.x, corner.y) for corner in corners], np.float64)
        yield Barcode(
            _KINDS[symbol.format], symbol.bytes, _shown(symbol.bytes), _moved(points, to_source)
        )


def _shown(data: bytes) -> str:
    text = data.decode("utf-8", errors="replace")
    return "".join(letter if letter.isprintable() else " " for letter in text[:MAX_TEXT])


def _moved(corners: Points, to_source: Points) -> tuple[tuple[float, float], ...]:
    flat = np.column_stack([corners, np.ones(4)]) @ to_source.T
    moved = flat[:, :2] / flat[:, 2:]
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in moved)


def _scaled(barcode: Barcode, factor: float) -> Barcode:
    corners = tuple((round(x * factor, 1), round(y * factor, 1)) for x, y in barcode.corners)
    return replace(barcode, corners=corners)


def _is_inside(barcode: Barcode, area: SymbolArea) -> bool:
    middle = np.mean(np.array(barcode.corners), axis=0)
    outline = area.corners.astype(np.float32)
    inside = cv2.pointPolygonTest(outline, (middle[0], middle[1]), measureDist=False)
    return bool(inside >= 0)
