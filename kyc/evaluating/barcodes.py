"""How many bar codes of licences are read, and to the byte."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from kyc.evaluating.rates import Rate
from kyc.evaluating.report import MaterialRefused, Order, PartReport, Progress
from kyc.simulation.aamva_payload import LATEST_VERSION, LicenceOrder
from kyc.simulation.licences import render_licence
from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.vision.barcodes.aamva import AamvaMalformed, parse_aamva
from kyc.vision.barcodes.read import read_barcodes
from kyc.vision.images import ImageLimits, ImageRefused, read_image

Pixels = npt.NDArray[np.uint8]
Degradation = Literal["light", "medium", "harsh"]

PICTURES = {".png", ".jpg", ".jpeg", ".webp", ".heic"}
# A symbol of its own, cut out of a scan, may be small and long.
LIMITS = ImageLimits(min_side_px=20, max_elongation=math.inf)
# Photographs of a licence's back: a careful hand, a hurried one, a bad one in bad light.
CONDITIONS: dict[Degradation, dict[str, Any]] = {
    "light": {},
    "medium": {"rotation_deg": 12.0, "blur_sigma": 1.2, "perspective": 0.03, "glare": 0.5},
    "harsh": {
        "rotation_deg": -25.0, "blur_sigma": 2.2, "perspective": 0.05, "brightness": 0.6,
        "noise_sigma": 6.0, "jpeg_quality": 55,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BarcodeCase:
    """One picture read. ``error`` is empty unless the picture could not be opened."""

    name: str
    is_decoded: bool
    is_exact: bool
    is_parsed: bool
    duration_ms: float
    error: str = ""

    def row(self) -> dict[str, Any]:
        """The case as JSON."""
        return {
            "file": self.name,
            "decoded": self.is_decoded,
            "exact": self.is_exact,
            "parsed_as_licence": self.is_parsed,
            "ms": self.duration_ms,
            "error": self.error,
        }


def evaluate(order: Order, progress: Progress) -> PartReport:
    """Read every picture of ``pdf417/`` and hold it against the payload beside it.

    Parameters
    ----------
    order : Order
        ``simulated`` renders of each degradation are measured besides, apart.
    progress : callable

    Returns
    -------
    PartReport
        Counts ``images``, ``decoded`` (a symbol was read), ``exact`` (byte for byte) and
        ``median_ms``; of renders the same under ``simulated``, by degradation.

    Raises
    ------
    MaterialRefused
        When the folder holds no picture with a payload beside it.
    """
    pairs = _pairs(order.subfolder("pdf417"))
    cases = []
    for done, (picture, payload) in enumerate(pairs):
        progress(picture.name, done, len(pairs))
        cases.append(_read_file(picture, payload.read_bytes()))
    simulated = {name: _rendered(order, name, progress) for name in CONDITIONS}
    figures = _figures(cases)
    if order.simulated:
        figures["simulated"] = {name: _figures(found) for name, found in simulated.items()}
    rows = [case.row() for found in (cases, *simulated.values()) for case in found]
    return PartReport(figures, rows, _table(cases, simulated))


def judged(name: str, truth: bytes, read: Callable[[], Sequence[bytes]]) -> BarcodeCase:
    """Time one reading and hold what came out against the truth, whichever engine it is of."""
    started = perf_counter()
    found = read()
    duration_ms = round((perf_counter() - started) * 1000, 1)
    return BarcodeCase(name, bool(found), truth in found, any(map(_is_licence, found)), duration_ms)


def _pairs(folder: Path) -> list[tuple[Path, Path]]:
    if not folder.is_dir():
        raise MaterialRefused(f"There is no folder {folder} with bar codes.")
    pairs = [
        (picture, picture.with_suffix(".txt"))
        for picture in sorted(folder.iterdir())
        if picture.suffix.lower() in PICTURES and picture.with_suffix(".txt").is_file()
    ]
    if not pairs:
        raise MaterialRefused(f"{folder} holds no picture with its payload in a .txt beside it.")
    return pairs


def _read_file(picture: Path, truth: bytes) -> BarcodeCase:
    try:
        pixels = read_image(picture.read_bytes(), LIMITS).pixels
    except ImageRefused as refused:
        return BarcodeCase(
            picture.name, is_decoded=False, is_exact=False, is_parsed=False, duration_ms=0.0,
            error=refused.code,
        )  # fmt: skip
    return judged(picture.name, truth, lambda: _payloads(pixels))


def _payloads(pixels: Pixels) -> list[bytes]:
    return [barcode.data for barcode in read_barcodes(pixels)]


def _is_licence(data: bytes) -> bool:
    try:
        parse_aamva(data)
    except AamvaMalformed:
        return False
    return True


def _rendered(order: Order, degradation: Degradation, progress: Progress) -> list[BarcodeCase]:
    cases = []
    for number, (pixels, payload) in enumerate(_renders(order, degradation)):
        progress(f"simulated, {degradation}", number, order.simulated)
        cases.append(judged(f"simulated-{degradation}-{number}", payload, _reader_of(pixels)))
    return cases


def _reader_of(pixels: Pixels) -> Callable[[], list[bytes]]:
    return lambda: _payloads(pixels)


def _renders(order: Order, degradation: Degradation) -> Iterator[tuple[Pixels, bytes]]:
    rng = np.random.default_rng([order.seed, list(CONDITIONS).index(degradation)])
    portrait = load_portrait("astronaut")
    for number in range(order.simulated):
        licence = render_licence(
            draw_person(rng, today=order.today),
            portrait=portrait,
            order=LicenceOrder(
                version=number % LATEST_VERSION + 1, country="CAN" if number % 3 == 0 else "USA"
            ),
        )
        yield photograph(licence.back, rng, **CONDITIONS[degradation]), licence.payload


def _figures(cases: Sequence[BarcodeCase]) -> dict[str, Any]:
    times = [case.duration_ms for case in cases if not case.error]
    return {
        "images": len(cases),
        "decoded": sum(case.is_decoded for case in cases),
        "exact": sum(case.is_exact for case in cases),
        "median_ms": round(median(times), 1) if times else None,
    }


def _table(
    cases: Sequence[BarcodeCase], simulated: dict[Degradation, list[BarcodeCase]]
) -> list[tuple[str, str]]:
    figures = _figures(cases)
    table = [
        ("images", str(len(cases))),
        ("decoded", Rate(figures["decoded"], len(cases)).words),
        ("exact", Rate(figures["exact"], len(cases)).words),
        ("median time", f"{figures['median_ms']} ms"),
    ]
    for name, found in simulated.items():
        if found:
            exact = Rate(sum(case.is_exact for case in found), len(found))
            table.append((f"simulated {name}, exact", exact.words))
    return table
