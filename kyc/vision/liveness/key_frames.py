"""The frames that a reviewer looks at first: one for each movement that was seen."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from kyc.vision.liveness.actions import ActionSeen
from kyc.vision.video import Frame

Pixels = NDArray[np.uint8]

SHEET_HEIGHT_PX = 360


def key_frames(frames: Sequence[Frame], actions: Sequence[ActionSeen]) -> tuple[Pixels, ...]:
    """The frame of each movement at the moment when it was recognised.

    Parameters
    ----------
    frames : sequence of Frame
    actions : sequence of ActionSeen
        In the order in which they were asked for; those not seen have no frame.

    Returns
    -------
    tuple of ndarray of shape (height, width, 3), dtype=uint8
        BGR, in the order of the actions.
    """
    moments = [action.at_ms for action in actions if action.is_seen and action.at_ms is not None]
    return tuple(_nearest(frames, at_ms).pixels for at_ms in moments)


def contact_sheet(pictures: Sequence[Pixels], *, height: int = SHEET_HEIGHT_PX) -> Pixels | None:
    """Pictures side by side, all of one height in pixels; None for no picture.

    Examples
    --------
    >>> wide, high = np.zeros((100, 200, 3), np.uint8), np.zeros((200, 100, 3), np.uint8)
    >>> contact_sheet([wide, high], height=50).shape
    (50, 125, 3)
    >>> contact_sheet([]) is None
    True
    """
    if not pictures:
        return None
    return np.asarray(cv2.hconcat([_as_high(picture, height) for picture in pictures]), np.uint8)


def _nearest(frames: Sequence[Frame], at_ms: float) -> Frame:
    return min(frames, key=lambda frame: abs(frame.at_ms - at_ms))


def _as_high(picture: Pixels, height: int) -> Pixels:
    width = max(1, round(picture.shape[1] * height / picture.shape[0]))
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)
