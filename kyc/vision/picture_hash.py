"""A picture in 256 bits that survive re-encoding, so that a photograph is known again.

It answers one question: is this the very photograph that somebody else sent before? A second
photograph of the same document is another picture, and is found by the document's number instead.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
FloatImage = npt.NDArray[np.float32]

# Zauner's construction: the coarse half of a small picture's cosine transform, but with 16 × 16
# coefficients where he has 8 × 8: pages of one state share their layout, and 64 bits see little
# else.
SIDE_PX = 64
COARSE = 16
HASH_BYTES = COARSE * COARSE // 8
# A wall or a covered lens has no structure whose signs could be compared: root mean square of the
# grey levels about their mean, in grey levels. Specimens photographed in the dark have 20 and more.
MIN_CONTRAST = 4.0

# Up to it (inclusive), of 256, two photographs are one. `bench/picture_hash.py`: re-encoded, made
# smaller, darker, grey, noisy or blurred it differs in up to 6 bits, with half a per cent cut off
# in up to 18; pictures of two people's documents of one layout differ in 58 and more.
SAME_PICTURE_BITS = 18


def picture_hashes(pixels: Pixels) -> tuple[bytes, ...]:
    """The hash of a picture as it lies, and of its three other rotations.

    Store the first; search with all four, because a photograph turned by 90° is read all the same.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 3), dtype=uint8
        BGR.

    Returns
    -------
    tuple of bytes
        Four of 32 bytes each; none at all for a picture without structure.

    Notes
    -----
    1. Grey, averaged down to 64 × 64 px.
    2. The 16 × 16 lowest coefficients of its cosine transform.
    3. A bit each: whether it lies above their median.

    References
    ----------
    C. Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions", 2010, §3.2.1.

    Examples
    --------
    >>> ramp = np.linspace(0, 255, 64 * 64).reshape(64, 64).astype(np.uint8)
    >>> as_it_lies, *turned = picture_hashes(np.dstack([ramp] * 3))
    >>> len(as_it_lies), len(turned)
    (32, 3)
    >>> picture_hashes(np.full((64, 64, 3), 128, np.uint8))
    ()
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.float32)
    if float(small.std()) < MIN_CONTRAST:
        return ()
    return tuple(_hash(np.ascontiguousarray(np.rot90(small, turns))) for turns in range(4))


def hamming_distance(one: bytes, other: bytes) -> int:
    r"""In how many bits two hashes differ: 0 for the same picture, about 128 for unrelated ones.

    Examples
    --------
    >>> hamming_distance(bytes(32), bytes(31) + b"\x07")
    3
    """
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def _hash(small: FloatImage) -> bytes:
    coarse = cv2.dct(small)[:COARSE, :COARSE].ravel()
    # The first coefficient is the mean brightness: it tells pictures apart by exposure alone.
    bits = coarse > np.median(coarse[1:])
    bits[0] = False
    return np.packbits(bits).tobytes()
