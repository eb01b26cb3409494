"""How functions are compiled, and what a compiled function in the cache must agree with."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from numba import njit

F = TypeVar("F", bound=Callable[..., object])

# No `fastmath`, no `parallel`: the same operations in the same order everywhere, or online and
# offline differ in the last bit. `nogil`, so that web threads score beside each other. Division by
# zero yields inf or NaN, as in numpy; where that matters the code asks first.


def compiled(function: F) -> F:
    """Compile a function that other compiled functions call."""
    return cast(
        "F",
        njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)(
            function
        ),
    )


@compiled
def whole(number: Any) -> int:
    """Return a number as a signed integer: numba turns unsigned less signed into a float."""
    return np.int64(number)  # type: ignore[return-value]  # an int in compiled code


@compiled
def real(number: Any) -> float:
    """Return a number in double precision."""
    return np.float64(number)  # type: ignore[return-value]  # a float in compiled code


def entry(function: F) -> F:
    """Compile a function that Python calls, and keep the machine code on disk.

    The function must be a closure over `SOURCES`: numba looks for changes only in the file of the
    function itself, but what a closure holds is part of its key. So no change of a file in this
    package, by an upgrade for instance, ever meets machine code of yesterday.
    """
    return cast("F", njit(nogil=True, error_model="numpy", cache=True)(function))


def _digest_of_sources() -> int:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:7], "little")


SOURCES = _digest_of_sources()
