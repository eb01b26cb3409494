"""Under which names the feature state and the lists know the database's entities.

Customers, merchants and cards are known by their rows' ids, devices and addresses by what callers
say; all but customers are kept apart by workspace.
"""

from __future__ import annotations

import uuid

from scoring.event_records import key_of

# A signed 64-bit column holds the unsigned key.
_HALF, _WHOLE = 1 << 63, 1 << 64


def customer_name(customer_id: uuid.UUID) -> str:
    """Return the name of a customer."""
    return str(customer_id)


def name_in(workspace_id: uuid.UUID, reference: int | str | None) -> str:
    """Return the name of a merchant, device, card or address in a workspace, "" for none."""
    return f"{workspace_id}:{reference}" if reference else ""


def stored_key(name: str) -> int:
    """Return the key of a name as the database keeps it."""
    return signed(key_of(name))


def signed(key: int) -> int:
    """Return an unsigned key as the database keeps it.

    Examples
    --------
    >>> signed(1), signed(2**64 - 1)
    (1, -1)
    """
    return key - _WHOLE if key >= _HALF else key


def unsigned(key: int) -> int:
    """Return a key from the database as compiled code knows it.

    Examples
    --------
    >>> unsigned(signed(2**64 - 5)) == 2**64 - 5
    True
    """
    return key + _WHOLE if key < 0 else key
