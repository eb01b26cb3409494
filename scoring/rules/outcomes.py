"""What a condition can come out as, and how outcomes are joined."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray


class Outcome(IntEnum):
    """Of a rule for one transaction; the numbers stand in int8 columns."""

    NO_HIT = 0
    HIT = 1
    NOT_ENOUGH_DATA = 2
    ERROR = 3


FALSE: Final = 0
TRUE: Final = 1
MISSING: Final = 2
ERROR: Final = 3

# Kleene's strong three-valued logic, with a fourth value for errors. What is certain wins (False in
# `and`, True in `or`), on whichever side it stands; then an error; then what is missing. So
# `mean > 0 and amount / mean > 5` is False for a mean of zero.
# S. C. Kleene, Introduction to Metamathematics, 1952, §64.
AND = (
    (FALSE, FALSE, FALSE, FALSE),
    (FALSE, TRUE, MISSING, ERROR),
    (FALSE, MISSING, MISSING, ERROR),
    (FALSE, ERROR, ERROR, ERROR),
)
OR = (
    (FALSE, TRUE, MISSING, ERROR),
    (TRUE, TRUE, TRUE, TRUE),
    (MISSING, TRUE, MISSING, ERROR),
    (ERROR, TRUE, ERROR, ERROR),
)
NOT = (TRUE, FALSE, MISSING, ERROR)

# The same as flat arrays: entry 4 * left + right.
AND_TABLE: NDArray[np.int8] = np.array(AND, dtype=np.int8).ravel()
OR_TABLE: NDArray[np.int8] = np.array(OR, dtype=np.int8).ravel()
NOT_TABLE: NDArray[np.int8] = np.array(NOT, dtype=np.int8)
