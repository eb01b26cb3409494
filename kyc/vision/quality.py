"""Whether a photograph is good enough to read, measured on its pixels.

Every limit stands beside what it was measured on. Two sets are meant: the 44 specimen documents
named by MEASUREMENT_DATA (scans and photographs), and own renders of a passport and a card, taken
by `kyc.simulation.photography` with seeds 3 and 4. `pytest tests/kyc/vision/test_quality.py` holds
the limits to the renders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from kyc.vision.mrz.locate import find_lines

Pixels = npt.NDArray[np.uint8]
Gray = npt.NDArray[np.uint8]
Kind = Literal["document", "face"]

# Sharpness depends on scale, so it is compared at one: the longer side at most this long. Smaller
# pictures stay as they are: enlarging adds no detail, and `low_resolution` is said of them instead.
MEASURED_SIDE_PX = 900

# A pixel is blown out when all three colours are; paper photographed in daylight stays below.
BLOWN_OUT = 250
# Laid over the blown-out part, this removes the white between printed letters.
SPOT_KERNEL_PX = 9
SPOT_RING_PX = 15
# Share of the picture. A reflection that hides a field of a card covers 0.5 %; from 30 % on it is
# white paper (the white pages among the 44: 13–73 %).
SPOT_AREA = (0.005, 0.30)
# Reflections are round and fade out, printed boxes and margins end at an edge. Mean darkest colour
# in the ring around: 242–247 on renders with glare .9–1, at most 240 on the 44, which have none.
SPOT_SOLIDITY = 0.65
SPOT_RING_LEVEL = 241

# A line of print that ends at the picture's edge goes on beyond it. Share of the width. On the 44
# it holds for three, all of them scans too small to be judged by it (and refused for their size).
CUT_AT_EDGE = 0.002


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """What a picture of one kind has to reach."""

    blur_variance: float
    brightness: float
    longer_side_px: int


LIMITS: MappingProxyType[Kind, QualityLimits] = MappingProxyType(
    {
        "document": QualityLimits(
            # Renders, 1,690–1,850 px wide: sharp 500–842, σ 1.5 px 138–250, σ 2 px 73–127, σ 3 px
            # 26–42. The 44 specimens: 186 and more.
            blur_variance=100.0,
            # Renders: full light 165–200, at .45 of it 74–81, at .3 of it 49–54. The 44: 114 and
            # more.
            brightness=60.0,
            # Every specimen of at least 600 px is read exactly; of 20 smaller ones two are not.
            longer_side_px=600,
        ),
        "face": QualityLimits(
            # 25 portraits of the measurement set: 38–923. Renders: sharp 57–186, σ 3 px 16–18.
            blur_variance=20.0,
            # The same portraits: 29–212 (dark backgrounds count too). Renders at .15 of full light:
            # 21.
            brightness=25.0,
            # A face fills half of a selfie, and describing one wants about 150 px.
            longer_side_px=320,
        ),
    }
)

ISSUE_SENTENCES: MappingProxyType[str, str] = MappingProxyType(
    {
        "low_resolution": "This photo is too small; move closer and take it at full size.",
        "too_dark": "This photo is too dark; find more light and take it again.",
        "blurred": "This photo is blurred; hold the camera still, wipe the lens and take it again.",
        "glare": "A reflection hides a part of this photo; tilt it away from the lamp and take it "
        "again.",
        "cut_off": "A part of the document is outside this photo; move back until all four corners "
        "show.",
    }
)


@dataclass(frozen=True, slots=True)
class QualityIssue:
    """One thing that is wrong: a stable code, and what the customer can do about it."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class QualityReport:
    """What was measured.

    Attributes
    ----------
    blur_variance : float
        Variance of the Laplacian of grey levels at most 900 px wide; 0 for a flat picture, hundreds
        for a sharp document.
    brightness, contrast : float
        Mean and standard deviation of grey levels, 0–255.
    glare_fraction : float
        Share of the picture under reflections, 0–1.
    is_cut_off : bool
        Whether a line of print runs out of the picture at its left or right.
    width_px, height_px : int
    issues : tuple of QualityIssue
        Empty when the picture is good enough.
    """

    blur_variance: float
    brightness: float
    contrast: float
    glare_fraction: float
    is_cut_off: bool
    width_px: int
    height_px: int
    issues: tuple[QualityIssue, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure for people: what was measured, in which unit, and what it has to reach.

    ``limit`` is a lower bound, an upper one where ``is_upper`` is true.
    """

    name: str
    value: float
    unit: str
    limit: float
    is_upper: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the value keeps to its limit."""
        return self.value <= self.limit if self.is_upper else self.value >= self.limit


def measures(report: QualityReport, *, kind: Kind) -> tuple[Measure, ...]:
    """Lay a report out with units and limits, in the order in which issues are told.

    Examples
    --------
    >>> flat = assess_quality(np.full((700, 900, 3), 128, np.uint8), kind="document")
    >>> [measure.name for measure in measures(flat, kind="document") if not measure.is_met]
    ['sharpness']
    """
    limits = LIMITS[kind]
    longer_side = max(report.width_px, report.height_px)
    return (
        Measure("resolution", longer_side, "px, longer side", limits.longer_side_px),
        Measure("brightness", report.brightness, "mean grey level, 0–255", limits.brightness),
        Measure(
            "sharpness", report.blur_variance,
            f"variance of the Laplacian at {MEASURED_SIDE_PX} px", limits.blur_variance,
        ),
        Measure(
            "reflections", round(100 * report.glare_fraction, 2), "% of the picture", 0.0,
            is_upper=True,
        ),
        Measure(
            "print cut off", float(report.is_cut_off), "lines, 1 for any", 0.0, is_upper=True
        ),
    )  # fmt: skip


def assess_quality(pixels: Pixels, *, kind: Kind) -> QualityReport:
    """Measure a photograph of a document or of a face.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, 0–255.
    kind : {"document", "face"}
        Reflections and cut-off print are looked for on documents only.

    Returns
    -------
    QualityReport
    """
    height, width = pixels.shape[:2]
    small = _at_measured_size(pixels)
    limits = LIMITS[kind]
    gray = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    is_document = kind == "document"
    measured = QualityReport(
        blur_variance=round(blur_variance(gray), 1),
        brightness=round(float(gray.mean()), 1),
        contrast=round(float(gray.std()), 1),
        glare_fraction=round(glare_fraction(small), 4) if is_document else 0.0,
        is_cut_off=(
            is_document and max(width, height) >= limits.longer_side_px and is_print_cut_off(gray)
        ),
        width_px=width,
        height_px=height,
        issues=(),
    )
    return replace(measured, issues=_issues(measured, limits))


def blur_variance(gray: Gray) -> float:
    """Variance of the Laplacian of a picture already at measured size.

    References
    ----------
    J. L. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy: a comparative study,
    ICPR 2000, doi:10.1109/ICPR.2000.903548.
    """
    return float(cv2.Laplacian(gray, cv2.CV_64F).var())


def glare_fraction(pixels: Pixels) -> float:
    """Share of the picture under reflections: blown-out spots that are round and fade out.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR, at measured size.

    Returns
    -------
    float
        0 (none) to 1. A spot at the edge of the picture is left out: a white table looks the same.
    """
    darkest = np.asarray(pixels.min(axis=2), dtype=np.uint8)
    blown_out = (darkest >= BLOWN_OUT).astype(np.uint8)
    spots = cv2.morphologyEx(blown_out, cv2.MORPH_OPEN, _square(SPOT_KERNEL_PX))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(spots)
    area = sum(
        int(boxes[label, cv2.CC_STAT_AREA])
        for label in range(1, count)
        if _is_spot(boxes[label], darkest.shape)
        and _is_reflection((labels == label).astype(np.uint8), darkest)
    )
    return area / darkest.size


def is_print_cut_off(gray: Gray) -> bool:
    """Whether a long line of print runs into the left or right edge of the picture."""
    width = gray.shape[1]
    return any(
        min(line.x - line.width / 2, width - line.x - line.width / 2) < CUT_AT_EDGE * width
        for line in find_lines(gray)
    )


def _at_measured_size(pixels: Pixels) -> Pixels:
    scale = MEASURED_SIDE_PX / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8)


def _square(side: int) -> npt.NDArray[np.uint8]:
    return np.ones((side, side), dtype=np.uint8)


def _is_spot(box: npt.NDArray[np.int32], shape: tuple[int, ...]) -> bool:
    left, top, width, height, area = (int(value) for value in box)
    rows, columns = shape
    is_inside = left > 0 and top > 0 and left + width < columns and top + height < rows
    return is_inside and SPOT_AREA[0] <= area / (rows * columns) <= SPOT_AREA[1]


def _is_reflection(spot: npt.NDArray[np.uint8], darkest: Gray) -> bool:
    contours, _ = cv2.findContours(spot, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    hull_area = cv2.contourArea(cv2.convexHull(max(contours, key=cv2.contourArea)))
    ring = cv2.dilate(spot, _square(SPOT_RING_PX)) - spot
    is_round = int(spot.sum()) >= SPOT_SOLIDITY * hull_area
    return is_round and float(darkest[ring > 0].mean()) >= SPOT_RING_LEVEL


def _issues(measured: QualityReport, limits: QualityLimits) -> tuple[QualityIssue, ...]:
    return tuple(QualityIssue(code, ISSUE_SENTENCES[code]) for code in _codes(measured, limits))


def _codes(measured: QualityReport, limits: QualityLimits) -> Iterator[str]:
    if max(measured.width_px, measured.height_px) < limits.longer_side_px:
        yield "low_resolution"
    if measured.brightness < limits.brightness:
        yield "too_dark"
    elif measured.blur_variance < limits.blur_variance:
        # In the dark the variance falls with the square of the light, so it says nothing there.
        yield "blurred"
    if measured.glare_fraction > 0:
        yield "glare"
    if measured.is_cut_off:
        yield "cut_off"
