"""One face against those of other customers, in a real database."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone

from fraudsite.core.models import AuditEntry, Workspace
from fraudsite.core.services.data_keys import DataKeyDestroyed, data_key_destroy
from kyc.choices import VerificationStatus
from kyc.decision.duplicates import FaceSearch, FaceSearchOutcome, Sign
from kyc.models import Consent, Customer, Device, DeviceSighting, FaceTemplate, Verification
from kyc.services import face_gallery
from kyc.services import face_search as face_search_module
from kyc.services.consent_withdrawal import consent_withdraw
from kyc.services.duplicates import find_duplicates
from kyc.services.face_search import face_search
from kyc.services.face_standing import barred_read, standing_read
from kyc.services.face_standing import searchable as searchable_faces
from kyc.services.face_templates import template_embedding, templates_forget
from kyc.vision.faces.gallery import duplicate_policy
from tests.kyc.duplicates import (
    ENGINE,
    TESTS,
    VERSION,
    approve,
    consent_give,
    customer_make,
    document_show,
    face,
    face_show,
    put,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def galleries_of_this_test() -> None:
    # Rows roll back after each test, while what a process holds in memory would stay.
    face_gallery.galleries_drop()


def known(seed: int = 1, *, moved: float = 0.0, **details: object) -> Verification:
    """Return an approved customer with a face."""
    verification = customer_make(**details)
    face_show(verification, face(seed, moved=moved))
    approve(verification)
    return verification


def newcomer(seed: int = 1, *, moved: float = 0.3, **details: object) -> Verification:
    """Return a customer, not sent yet, who looks like those of the same seed."""
    verification = customer_make(**details)
    face_show(verification, face(seed, moved=moved))
    return verification


def found_by(verification: Verification) -> set[str]:
    return {hit.customer_id for hit in face_search(verification).hits}


@pytest.fixture
def among_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    # Stands for a gallery of that size: in a small one every hit is beyond the strict limit.
    large = duplicate_policy(1000)
    monkeypatch.setattr(face_search_module, "duplicate_policy", lambda _size, **_: large)


def test_a_face_that_an_approved_customer_has_is_found_and_a_strangers_is_not(
    among_a_thousand: None,
) -> None:
    other = known(1)
    known(2)

    found = face_search(newcomer(1, moved=0.4))

    assert found.outcome is FaceSearchOutcome.SEARCHED
    assert (found.searched, found.unsearched) == (2, 0)
    (hit,) = found.hits
    assert (hit.customer_id, hit.verification_id) == (str(other.customer_id), str(other.pk))
    assert hit.distance == pytest.approx(0.4, abs=1e-5)
    assert (hit.signs, hit.is_strict, hit.is_serious) == ((), False, False)
    assert "1000 faces" in found.meaning


def test_a_face_within_the_strict_limit_is_serious_by_itself(among_a_thousand: None) -> None:
    known(1)

    (hit,) = face_search(newcomer(1, moved=0.01)).hits

    assert hit.is_strict
    assert hit.is_serious


def test_names_birth_dates_documents_and_devices_are_second_signs(among_a_thousand: None) -> None:
    born = date(1990, 1, 2)
    other = known(1, surname="Núñez", born=born)
    mine = newcomer(1, moved=0.4, surname="Other", born=born)
    assert face_search(mine).hits[0].signs == (Sign.BIRTH_DATE,)

    for verification in (other, mine):
        document_show(verification, "L898902C3", surname="NUNEZ", given_names="CARLA")
    device = Device.objects.create()
    for verification in (other, mine):
        DeviceSighting.objects.create(
            device=device, customer=verification.customer, ip_address="192.0.2.1"
        )

    find_duplicates(other)
    (hit,) = find_duplicates(mine).face.hits

    assert hit.signs == (Sign.NAME, Sign.BIRTH_DATE, Sign.DOCUMENT, Sign.DEVICE)
    assert (hit.is_strict, hit.is_serious) == (False, True)


def test_the_same_customers_own_faces_are_never_found() -> None:
    first = known(1)
    second = Verification.objects.create(
        customer=first.customer, status=VerificationStatus.PROCESSING
    )
    face_show(second, face(1))

    found = face_search(second)

    assert (found.searched, found.hits) == (0, ())


def test_a_customer_with_two_approvals_is_one_hit() -> None:
    first = known(1)
    second = Verification.objects.create(
        customer=first.customer, status=VerificationStatus.APPROVED
    )
    face_show(second, face(1, moved=0.1))

    (hit,) = face_search(newcomer(1, moved=0.3)).hits

    assert hit.verification_id == str(second.pk)


@pytest.mark.parametrize("status", VerificationStatus)
def test_who_is_approved_or_may_yet_be_is_searched_and_nobody_else(
    status: VerificationStatus,
) -> None:
    other, mine = known(1), newcomer(1)

    put(other, status)

    is_searched = status in {
        VerificationStatus.APPROVED,
        VerificationStatus.PROCESSING,
        VerificationStatus.IN_REVIEW,
    }
    assert found_by(mine) == ({str(other.customer_id)} if is_searched else set())


def test_of_two_with_one_face_who_come_at_once_only_the_second_finds_the_other() -> None:
    first, second = customer_make(), customer_make()
    for verification in (first, second):
        put(verification, VerificationStatus.PROCESSING)
        face_show(verification, face(1))

    assert found_by(second) == {str(first.customer_id)}
    assert found_by(first) == set()

    approve(second)
    assert found_by(first) == {str(second.customer_id)}


def test_who_waits_for_a_person_is_found_by_whoever_comes_later_with_their_face() -> None:
    waits, later = customer_make(), customer_make()
    for verification in (waits, later):
        put(verification, VerificationStatus.PROCESSING)
        face_show(verification, face(1))
    put(waits, VerificationStatus.IN_REVIEW)

    assert found_by(later) == {str(waits.customer_id)}

    put(later, VerificationStatus.IN_REVIEW)
    assert found_by(waits) == set()


@pytest.mark.django_db(transaction=True)
def test_faces_become_visible_in_the_order_of_their_numbers() -> None:
    first, second = customer_make(), customer_make()

    def keep_second() -> None:
        face_show(second, face(2))
        connection.close()

    keeping = threading.Thread(target=keep_second)
    with transaction.atomic():
        face_show(first, face(1))
        keeping.start()
        keeping.join(timeout=0.5)
        assert keeping.is_alive()
    keeping.join(timeout=10)

    kept = FaceTemplate.objects.order_by("pk").values_list("verification_id", flat=True)
    assert list(kept) == [first.pk, second.pk]


def test_another_workspace_is_another_world() -> None:
    known(1, workspace=Workspace.objects.sandbox())

    assert face_search(newcomer(1)).searched == 0


def test_an_erased_customer_is_out_of_a_running_gallery_at_the_next_search() -> None:
    erased, stays = known(1), known(1)
    mine = newcomer(1)
    assert found_by(mine) == {str(erased.customer_id), str(stays.customer_id)}
    (held,) = face_gallery._held.values()
    assert len(held.gallery) == 3

    data_key_destroy(data_key=erased.customer.data_key, actor=TESTS)

    assert found_by(mine) == {str(stays.customer_id)}
    assert len(held.gallery) == 2


def test_whatever_changes_who_may_be_in_memory_changes_what_a_search_asks_first() -> None:
    workspace = Workspace.objects.live()
    first, erased, withdrawn, refused = (known(seed) for seed in range(4))
    known(7, workspace=Workspace.objects.sandbox())
    consent_give(first.customer)
    steps = [
        lambda: known(8),
        lambda: face_show(first, face(9)),
        lambda: templates_forget(customer_id=first.customer_id),
        lambda: data_key_destroy(data_key=erased.customer.data_key, actor=TESTS),
        lambda: consent_give(refused.customer, is_granted=False),
        lambda: Consent.objects.filter(customer=withdrawn.customer).update(
            withdrawn_at=timezone.now()
        ),
    ]
    seen = [standing_read(workspace.pk)]

    for step in steps:
        step()
        seen.append(standing_read(workspace.pk))

    assert len(set(seen)) == len(seen)
    assert [standing.kept for standing in seen] == [4, 5, 5, 4, 4, 4, 4]


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_a_gallery_names_whom_it_may_and_holds_nobody_who_is_gone(
    seed: int,
) -> None:
    draw = np.random.default_rng(seed)
    workspace = Workspace.objects.live()
    shelf = face_gallery.Shelf(workspace.pk, ENGINE, VERSION)
    everybody = [known(number) for number in range(6)]

    def happens(verification: Verification) -> None:
        customer = verification.customer
        acts = (
            lambda: put(verification, VerificationStatus.APPROVED),
            lambda: put(verification, list(VerificationStatus)[draw.integers(6)]),
            lambda: face_show(verification, face(int(draw.integers(100)))),
            lambda: face_show(verification, face(1), version="older"),
            lambda: consent_give(customer),
            lambda: consent_give(customer, is_granted=False),
            lambda: templates_forget(customer_id=customer.pk),
            lambda: data_key_destroy(data_key=customer.data_key, actor=TESTS),
        )
        # An erased customer stays so: it happens rarely, or nobody would be left.
        acts[draw.choice(len(acts), p=[0.25, 0.15, 0.15, 0.1, 0.1, 0.1, 0.1, 0.05])]()

    for _ in range(25):
        with suppress(DataKeyDestroyed):
            happens(everybody[draw.integers(6)])
        found = face_gallery.faces_nearest(shelf, face(1), passed_over=(), limit=9)
        allowed = searchable_faces(workspace.pk)
        named = set(allowed.filter(engine_version=VERSION).values_list("pk", flat=True))
        kept = FaceTemplate.objects.filter(workspace=workspace, engine_version=VERSION)
        wanted = set(kept.values_list("pk", flat=True)) - barred_read(workspace.pk)
        assert face_gallery._held[shelf].gallery.ids == wanted
        assert {neighbour.id for neighbour in found.neighbours} == named
        assert (found.searched, found.unsearched) == (
            len(wanted),
            allowed.filter(engine_version="older").count(),
        )


def test_however_many_declined_faces_are_nearer_the_approved_one_is_named() -> None:
    approved = known(1)
    for number in range(40):
        put(known(1, moved=number / 1000), VerificationStatus.DECLINED)
    mine = newcomer(1, moved=0.0)

    shelf = face_gallery.Shelf(Workspace.objects.live().pk, ENGINE, VERSION)
    own = FaceTemplate.objects.get(verification=mine)
    found = face_gallery.faces_nearest(shelf, face(1, moved=0.02), passed_over={own.pk}, limit=1)

    (nearest,) = found.neighbours
    assert nearest.id == FaceTemplate.objects.get(verification=approved).pk
    assert found.searched == 41


def test_forgetting_a_customer_leaves_no_row_of_them() -> None:
    other = known(1)
    mine = newcomer(1)
    assert found_by(mine) == {str(other.customer_id)}

    assert templates_forget(customer_id=other.customer_id) == 1

    assert not FaceTemplate.objects.filter(customer_id=other.customer_id).exists()
    assert face_search(mine).searched == 0


def test_without_consent_no_face_is_kept_and_none_is_searched() -> None:
    known(1)
    mine = customer_make()
    consent_give(mine.customer, is_granted=False)

    assert face_show(mine, face(1)) is False
    assert not FaceTemplate.objects.filter(verification=mine).exists()
    assert face_search(mine) == FaceSearch(FaceSearchOutcome.NO_CONSENT)


def test_withdrawing_consent_deletes_the_face_and_empties_running_galleries() -> None:
    other = known(1)
    mine = newcomer(1)
    assert found_by(mine) == {str(other.customer_id)}

    assert consent_withdraw(customer=other.customer, actor=TESTS)
    assert not consent_withdraw(customer=other.customer, actor=TESTS)

    assert not FaceTemplate.objects.filter(verification=other).exists()
    assert face_search(mine).searched == 0
    (entry,) = AuditEntry.objects.filter(action="consent.withdrawn")
    assert entry.details == {"purpose": "biometrics", "faces_deleted": 1}


def test_a_later_refusal_takes_the_face_out_even_where_its_row_is_still_there() -> None:
    other = known(1)
    mine = newcomer(1)
    assert found_by(mine) == {str(other.customer_id)}

    consent_give(other.customer, is_granted=False)

    assert FaceTemplate.objects.filter(verification=other).exists()
    assert face_search(mine).searched == 0


def test_a_verification_without_a_face_in_this_attempt_is_not_searched() -> None:
    mine = newcomer(1)
    Verification.objects.filter(pk=mine.pk).update(attempt=2)
    mine.refresh_from_db()

    assert face_search(mine) == FaceSearch(FaceSearchOutcome.NO_FACE)


def test_faces_of_another_engine_are_counted_as_not_searched() -> None:
    other = customer_make()
    face_show(other, face(1), version="older")
    approve(other)

    found = face_search(newcomer(1))

    assert (found.searched, found.unsearched, found.hits) == (0, 1, ())


def test_a_damaged_face_is_counted_as_not_searched_and_keeps_no_other_from_it() -> None:
    damaged, sound = known(1), known(1)
    FaceTemplate.objects.filter(verification=damaged).update(embedding_sealed=b"\x01" * 80)

    found = face_search(newcomer(1))

    assert (found.searched, found.unsearched) == (1, 1)
    assert {hit.customer_id for hit in found.hits} == {str(sound.customer_id)}


def test_a_face_is_sealed_for_its_verification_and_a_new_one_takes_its_place() -> None:
    mine = newcomer(1, moved=0.0)
    first = FaceTemplate.objects.get(verification=mine)
    assert face(1).tobytes() not in bytes(first.embedding_sealed)
    assert (template_embedding(first) == face(1)).all()

    face_show(mine, face(2))

    second = FaceTemplate.objects.get(verification=mine)
    assert second.pk > first.pk
    assert (template_embedding(second) == face(2)).all()


def test_a_changed_face_is_taken_over_by_a_running_gallery() -> None:
    other = known(1)
    mine = newcomer(2)
    assert found_by(mine) == set()

    face_show(other, face(2))

    assert found_by(mine) == {str(other.customer_id)}


@pytest.mark.django_db(transaction=True)
def test_no_face_is_kept_once_the_consent_to_it_is_gone() -> None:
    mine = customer_make()
    kept: list[bool] = []

    def keep() -> None:
        kept.append(face_show(mine, face(1)))
        connection.close()

    keeping = threading.Thread(target=keep)
    with transaction.atomic():
        assert consent_withdraw(customer=Customer.objects.get(pk=mine.customer_id), actor=TESTS)
        keeping.start()
        # It waits for the customer's row, so that it sees the withdrawal.
        keeping.join(timeout=0.5)
        assert keeping.is_alive()
    keeping.join(timeout=10)

    assert kept == [False]
    assert not FaceTemplate.objects.filter(verification=mine).exists()
