"""Arrays of numbers inside a stored member: plain bytes, little-endian, checked when read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

AnyFloats = npt.NDArray[np.float32] | npt.NDArray[np.float64]

# Training writes none that is larger (the steepest is one over `scaling.SMALLEST_SPREAD`), and with
# these no sum over a row can overflow.
LARGEST = 1e6 * (1 + 1e-6)


class NumbersRefused(ValueError):
    """A stored member's numbers cannot be what they are said to be."""


def pack(numbers: AnyFloats) -> bytes:
    """Return numbers as `unpack` reads them, row by row, in the precision they have.

    Examples
    --------
    >>> pack(np.array([1, 2], np.float32)).hex()
    '0000803f00000040'
    """
    return numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()


def unpack_float32(data: bytes, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Return stored single-precision numbers as a writable array.

    Raises
    ------
    NumbersRefused
        They are not as many as the shape needs, or out of range.
    """
    numbers = np.frombuffer(_whole(data, shape, 4), "<f4").astype(np.float32)
    _check_size(numbers)
    return numbers.reshape(shape)


def unpack_float64(data: bytes, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Return stored double-precision numbers; see `unpack_float32`."""
    numbers = np.frombuffer(_whole(data, shape, 8), "<f8").astype(np.float64)
    _check_size(numbers)
    return numbers.reshape(shape)


def _whole(data: bytes, shape: tuple[int, ...], width: int) -> bytes:
    # Before anything is made of them: a damaged count must not ask for memory.
    expected = width
    for length in shape:
        expected *= length
    if len(data) != expected:
        message = f"{len(data)} bytes where {expected} make {shape} numbers"
        raise NumbersRefused(message)
    return data


def _check_size(numbers: AnyFloats) -> None:
    if not (np.abs(numbers) <= LARGEST).all():  # also refuses NaN
        message = "some of its numbers are out of range"
        raise NumbersRefused(message)
