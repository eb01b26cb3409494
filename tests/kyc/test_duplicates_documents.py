"""Documents and photographs that another customer has shown, in a real database."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from django.db import connection, transaction

from fraudsite.core.models import Workspace
from fraudsite.core.services.data_keys import data_key_destroy
from kyc.decision.duplicates import DocumentHit
from kyc.models import DocumentFingerprint, Verification
from kyc.services.document_fingerprints import (
    Shown,
    ShownBefore,
    fingerprint_record,
    fingerprints_forget,
    number_hash,
)
from kyc.vision.picture_hash import SAME_PICTURE_BITS
from tests.kyc.duplicates import TESTS, customer_make

pytestmark = pytest.mark.django_db

NUMBER = "L898902C3"
NOBODY = ShownBefore((), ())


def numbered(number: str = NUMBER, state: str = "UTO") -> Shown:
    return Shown(number_hash(issuing_state=state, number=number), ())


def pictured(seed: int = 1, *, changed_bits: int = 0, turned: int = 0) -> Shown:
    """Return a photograph's hashes, of which some bits differ, turned by quarters."""
    hashes = [bytearray(np.random.default_rng(seed + 100 * n).bytes(32)) for n in range(4)]
    for bit in range(changed_bits):
        for found in hashes:
            found[bit // 8] ^= 1 << bit % 8
    return Shown(None, tuple(bytes(hashes[(n + turned) % 4]) for n in range(4)))


def hit(verification: Verification, bits: int | None = None) -> DocumentHit:
    return DocumentHit(str(verification.customer_id), str(verification.pk), bits)


def test_a_number_that_another_customer_showed_is_found() -> None:
    first, second, third = customer_make(), customer_make(), customer_make()

    assert fingerprint_record(first, numbered()) == NOBODY
    assert fingerprint_record(second, numbered()).same_number == (hit(first),)
    assert fingerprint_record(third, numbered("X123")) == NOBODY


def test_who_showed_it_first_finds_the_second_when_asked_again() -> None:
    first, second = customer_make(), customer_make()
    fingerprint_record(first, numbered())
    fingerprint_record(second, numbered())

    assert fingerprint_record(first, numbered()).same_number == (hit(second),)
    assert DocumentFingerprint.objects.filter(verification=first).count() == 1


def test_the_same_number_of_another_state_is_another_document() -> None:
    fingerprint_record(customer_make(), numbered(state="UTO"))

    assert fingerprint_record(customer_make(), numbered(state="FRA")) == NOBODY


def test_germany_is_one_state_however_it_is_written() -> None:
    first = customer_make()
    fingerprint_record(first, numbered("c01-x00 T47", state="D"))

    assert fingerprint_record(customer_make(), numbered("C01X00T47", state="DEU")).same_number == (
        hit(first),
    )


def test_a_customers_own_attempts_and_verifications_never_count() -> None:
    mine = customer_make()
    fingerprint_record(mine, Shown(numbered().number_hash, pictured().picture_hashes))
    mine.attempt = 2

    again = fingerprint_record(mine, Shown(numbered().number_hash, pictured().picture_hashes))

    assert again == NOBODY
    assert DocumentFingerprint.objects.filter(verification=mine).count() == 2


def test_another_workspace_is_another_world() -> None:
    shown = Shown(numbered().number_hash, pictured().picture_hashes)
    fingerprint_record(customer_make(workspace=Workspace.objects.sandbox()), shown)

    assert fingerprint_record(customer_make(), shown) == NOBODY


def test_an_erased_customer_is_found_no_more() -> None:
    shown = Shown(numbered().number_hash, pictured().picture_hashes)
    erased, forgotten, mine = customer_make(), customer_make(), customer_make()
    for verification in (erased, forgotten):
        fingerprint_record(verification, shown)

    data_key_destroy(data_key=erased.customer.data_key, actor=TESTS)
    assert fingerprints_forget(customer_id=forgotten.customer_id) == 1

    assert fingerprint_record(mine, shown) == NOBODY


def test_neither_number_nor_picture_lies_in_the_table() -> None:
    mine = customer_make()
    shown = Shown(numbered().number_hash, pictured().picture_hashes)
    fingerprint_record(mine, shown)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number_hash, picture_hash::text FROM kyc_documentfingerprint "
            "WHERE verification_id = %s",
            [mine.pk],
        )
        number, picture = cursor.fetchone()
    assert NUMBER.encode() not in bytes(number)
    assert len(bytes(number)) == 32
    assert int(picture, 2).to_bytes(32) not in shown.picture_hashes


@pytest.mark.parametrize(
    ("changed_bits", "is_found"),
    [(0, True), (SAME_PICTURE_BITS, True), (SAME_PICTURE_BITS + 1, False)],
)
def test_a_photograph_is_known_again_while_few_bits_differ(
    changed_bits: int, is_found: bool
) -> None:
    first = customer_make()
    fingerprint_record(first, pictured())

    found = fingerprint_record(customer_make(), pictured(changed_bits=changed_bits))

    assert found.same_picture == ((hit(first, changed_bits),) if is_found else ())


@pytest.mark.parametrize("turned", [1, 2, 3])
def test_a_photograph_is_known_again_when_it_was_turned(turned: int) -> None:
    first = customer_make()
    fingerprint_record(first, pictured())

    assert fingerprint_record(customer_make(), pictured(turned=turned)).same_picture == (
        hit(first, 0),
    )


def test_each_customer_is_one_hit_with_their_likest_photograph() -> None:
    first = customer_make()
    fingerprint_record(first, pictured(changed_bits=9))
    first.attempt = 2
    fingerprint_record(first, pictured(changed_bits=4))

    assert fingerprint_record(customer_make(), pictured()).same_picture == (hit(first, 4),)


def test_what_was_not_read_and_shows_nothing_matches_nobody() -> None:
    nothing = Shown(number_hash(issuing_state="UTO", number="<<"), ())
    fingerprint_record(customer_make(), nothing)

    assert nothing.number_hash is None
    assert fingerprint_record(customer_make(), nothing) == NOBODY


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["number", "picture"])
def test_of_two_who_show_one_document_at_once_the_second_finds_the_first(kind: str) -> None:
    first, second = customer_make(), customer_make()
    shown = numbered() if kind == "number" else pictured()
    found: list[ShownBefore] = []

    def come_second() -> None:
        found.append(fingerprint_record(second, shown))
        connection.close()

    coming = threading.Thread(target=come_second)
    with transaction.atomic():
        assert fingerprint_record(first, shown) == NOBODY
        coming.start()
        # It waits: what the first wrote is not to be seen before this transaction ends.
        coming.join(timeout=0.5)
        assert coming.is_alive()
    coming.join(timeout=10)

    (before,) = found
    bits = None if kind == "number" else 0
    assert before.same_number + before.same_picture == (hit(first, bits),)
