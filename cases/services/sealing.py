"""What people write and attach, sealed under the key of whom it is about."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cases.models import Case
from fraudsite.core.models import DataKey
from fraudsite.core.services.data_keys import (
    DataKeyDestroyed,
    open_bytes,
    platform_key,
    seal_bytes,
)
from kyc.refusals import Refusal

ERASED = "This customer was erased; nothing can be written about them or read of them any more."


def key_of(case: Case) -> DataKey:
    """Return the customer's key, so that erasing them erases this; without one the platform's."""
    return case.customer.data_key if case.customer is not None else platform_key()


def text_seal(case: Case, text: str, context: str) -> bytes:
    """Seal a text. Raises `Refusal` when the customer was erased."""
    with refused_when_erased():
        return seal_bytes(data_key=key_of(case), value=text.encode(), context=context)


def text_open(case: Case, sealed: bytes | memoryview, context: str) -> str:
    """Return a text, "" when the customer was erased since."""
    try:
        return open_bytes(data_key=key_of(case), sealed=sealed, context=context).decode()
    except DataKeyDestroyed:
        return ""


@contextmanager
def refused_when_erased() -> Iterator[None]:
    """Turn a destroyed key into a sentence."""
    try:
        yield
    except DataKeyDestroyed:
        raise Refusal("customer_erased", ERASED) from None
