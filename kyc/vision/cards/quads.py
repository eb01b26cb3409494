"""Four-sided outlines in a picture that may be a card or a page."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Gray = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]

# Share of the picture that an outline covers: smaller ones are fields or portraits on the card.
MIN_AREA = 0.12
# Of a side: how far an outline is simplified, coarser step by step, until four corners are left.
SIMPLIFYING = (0.01, 0.02, 0.03, 0.05, 0.08)
# Strip along the picture's edge that shows the table, where it shows it at all.
BORDER_SHARE = 0.03
# A line of print fills a fifth of a box as wide as four letters, at the size searched.
PRINT_PX = 25
PRINT_DENSITY = 0.15
# Weak and strong outlines; see cv2.Canny.
CANNY_LEVELS = ((30, 90), (60, 160))


def find_quads(small: Pixels) -> Iterator[Points]:
    """Outlines of four corners in a picture of at most about 700 px, in no order.

    Two ways that fail on different pictures: what differs from the colours along the picture's edge
    is the card (a card on a table), and what strong edges run around (a card on print or cloth).

    Parameters
    ----------
    small : ndarray of shape (height, width, 3), dtype=uint8
        BGR.

    Yields
    ------
    ndarray of shape (4, 2)
        Convex, clockwise from the corner that is nearest to the top left.
    """
    for mask in (_unlike_the_border(small), *_edge_masks(small)):
        contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:3]:
            hull = cv2.convexHull(contour)
            if cv2.contourArea(hull) >= MIN_AREA * mask.size:
                quad = _simplified(hull)
                if quad is not None:
                    yield clockwise(quad)


def clockwise(quad: Points) -> Points:
    """The corners clockwise, the one nearest to the top left first."""
    centre = quad.mean(axis=0)
    turned = quad[np.argsort(np.arctan2(quad[:, 1] - centre[1], quad[:, 0] - centre[0]))]
    return np.roll(turned, -int(np.argmin(turned.sum(axis=1))), axis=0)


def _unlike_the_border(small: Pixels) -> Mask:
    """What has another colour than the strip along the picture's edge.

    Distance in Lab from the strip's mean, in units of its own spread (Mahalanobis), split by Otsu.
    """
    lab = cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB).astype(np.float64)
    strip = max(2, round(BORDER_SHARE * min(small.shape[:2])))
    edge = np.concatenate(
        [
            part.reshape(-1, 3)
            for part in (lab[:strip], lab[-strip:], lab[:, :strip], lab[:, -strip:])
        ]
    )
    # Grain of the table, but never less than a sensor's noise.
    inverse = np.linalg.inv(np.cov(edge.T) + 9.0 * np.eye(3))
    away = lab - np.median(edge, axis=0)
    distance = np.sqrt(np.einsum("yxi,ij,yxj->yx", away, inverse, away))
    levels = np.clip(distance * 20, 0, 255).astype(np.uint8)
    _, mask = cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return _closed(mask, small)


def _edge_masks(small: Pixels) -> Iterator[Mask]:
    gray = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), (5, 5), 0)
    saturation = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_BGR2HSV)[:, :, 1], (5, 5), 0)
    for channel in (gray, saturation):
        for low, high in CANNY_LEVELS:
            edges = cv2.Canny(channel, low, high)
            yield np.asarray(cv2.dilate(edges, np.ones((5, 5), np.uint8)), np.uint8)


def _closed(mask: npt.NDArray[np.uint8], small: Pixels) -> Mask:
    side = round(0.02 * max(small.shape[:2])) | 1
    square = np.ones((side, side), np.uint8)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    return np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, square), np.uint8)


def _simplified(hull: npt.NDArray[np.int32]) -> Points | None:
    length = cv2.arcLength(hull, closed=True)
    for share in SIMPLIFYING:
        corners = cv2.approxPolyDP(hull, share * length, closed=True).reshape(-1, 2)
        if len(corners) == 4:
            return np.asarray(corners, np.float64)
        if len(corners) < 4:
            break
    return None


def straightened(gray: Gray, quad: Points) -> Points:
    """The corners where the four sides meet when each is laid along the strongest edge near it.

    Cards have rounded corners and outlines are coarse; the sides are straight.

    Parameters
    ----------
    gray : ndarray of shape (height, width), dtype=uint8
    quad : ndarray of shape (4, 2)

    Returns
    -------
    ndarray of shape (4, 2)
        `quad` itself where the sides do not meet near it.
    """
    smooth = cv2.GaussianBlur(gray, (3, 3), 0).astype(np.float32)
    sides = [_side(smooth, start, end) for start, end in pairwise([*quad, quad[0]])]
    corners = [_crossing(sides[index - 1], sides[index]) for index in range(4)]
    if any(corner is None for corner in corners):
        return quad
    moved = np.array(corners, np.float64)
    longest = float(np.linalg.norm(quad - np.roll(quad, 1, axis=0), axis=1).max())
    return moved if np.abs(moved - quad).max() < 0.06 * longest else quad


def _side(smooth: npt.NDArray[np.float32], start: Points, end: Points) -> tuple[Points, Points]:
    """A point and the direction of the line through the strongest edge along a side."""
    along = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
    across = np.array([-along[1], along[0]])
    length = float(np.linalg.norm(end - start))
    reach = max(4, round(0.025 * length))
    shares = np.linspace(0.12, 0.88, 48)
    offsets = np.arange(-reach, reach + 1)
    places = (
        start + shares[:, None, None] * (end - start) + offsets[None, :, None] * across
    ).astype(np.float32)
    profile = cv2.remap(
        smooth, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    steps = np.abs(np.diff(profile, axis=1))
    strongest = steps.argmax(axis=1)
    weights = steps.max(axis=1)
    kept = weights >= np.median(weights)
    points = places[np.arange(48), strongest].astype(np.float32)[kept]
    fitted = cv2.fitLine(points, cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
    return np.asarray(fitted[2:], np.float64), np.asarray(fitted[:2], np.float64)


def _crossing(one: tuple[Points, Points], other: tuple[Points, Points]) -> Points | None:
    (start, along), (other_start, other_along) = one, other
    matrix = np.column_stack([along, -other_along])
    if abs(np.linalg.det(matrix)) < 0.3:
        return None
    step = np.linalg.solve(matrix, other_start - start)[0]
    return np.asarray(start + step * along, np.float64)


def edge_support(gray: Gray, quad: Points) -> float:
    """Share of the outline along which the picture changes across it, 0–1.

    Measured 3 px inside against 3 px outside, at 40 places a side; a change counts from eight grey
    levels on.
    """
    smooth = cv2.GaussianBlur(gray, (3, 3), 0).astype(np.float32)
    shares = np.linspace(0.08, 0.92, 40)[:, None]
    centre = quad.mean(axis=0)
    seen = []
    for start, end in pairwise([*quad, quad[0]]):
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1.0)
        across = np.array([-along[1], along[0]])
        if (centre - start) @ across < 0:
            across = -across
        places = start + shares * (end - start)
        inside, outside = places + 3 * across, places - 3 * across
        change = np.abs(_levels(smooth, inside) - _levels(smooth, outside))
        seen.append(float((change >= 8).mean()))
    return float(np.mean(seen))


def _levels(smooth: npt.NDArray[np.float32], places: Points) -> npt.NDArray[np.float32]:
    at = places.astype(np.float32)
    return np.asarray(
        cv2.remap(smooth, at[:, 0], at[:, 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
        np.float32,
    ).ravel()


def print_share(gray: Gray, quad: Points) -> float:
    """How much of the picture's fine dark print lies inside the outline, 0–1.

    A portrait or a field on a document is an outline too, but the document's print is outside it.
    """
    black_hat = cv2.morphologyEx(gray, cv2.MORPH_BLACKHAT, np.ones((7, 7), np.uint8))
    level = max(25.0, 0.35 * float(np.percentile(black_hat, 99.5)))
    strokes = (black_hat >= level).astype(np.float32)
    # Print comes in lines; the grain of a table is scattered.
    dark = ((strokes > 0) & (cv2.blur(strokes, (PRINT_PX, 7)) > PRINT_DENSITY)).astype(np.uint8)
    inside = np.zeros_like(gray)
    cv2.fillConvexPoly(inside, np.round(quad).astype(np.int32), 1)
    return float((dark & inside).sum() / max(int(dark.sum()), 1))
