"""The approved against lists that change."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from fraudsite.core.actors import Actor
from fraudsite.core.models import OutboxEvent, User
from fraudsite.core.outbox import relay_batch
from fraudsite.core.services.data_keys import data_key_destroy
from fraudsite.core.transitions import move
from kyc.choices import Stage, StageState, VerificationStatus
from kyc.models import Customer, Rescreening, ScreeningHit, Verification, Watchlist
from kyc.screening.simulation import PERTURBATIONS, NameSource
from kyc.screening.word_index import WordIndex
from kyc.services.rescreening import rescreenings_run, unsearched_retry
from kyc.services.risk import risk_current
from kyc.services.screening import screen
from kyc.services.screening_hits import SCREENING_HIT
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from kyc.services.watchlist_search import candidates
from kyc.services.watchlists import watchlist_retire
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import customer_make, put
from tests.kyc.watchlist_files import CARLA, OTHERS, take_in

SYSTEM = Actor.system("test")


@pytest.fixture
def verification(traveller: Traveller) -> Verification:
    traveller.reaches_capture()
    return traveller.verification


def approve(verification: Verification) -> None:
    for status in ("processing", "approved"):
        move(verification, to=status, actor=SYSTEM)


def test_who_was_approved_is_found_when_they_come_onto_a_list(
    verification: Verification, tmp_path: Path
) -> None:
    approve(verification)
    take_in(tmp_path, OTHERS)
    assert rescreenings_run() == 0

    take_in(tmp_path, [*OTHERS, CARLA])

    assert rescreenings_run() == 1
    hit = ScreeningHit.objects.get()
    assert (hit.customer_id, hit.source, hit.entry.external_id) == (
        verification.customer_id,
        "rescreening",
        "U-1",
    )
    assert OutboxEvent.objects.get(kind=SCREENING_HIT).payload["source"] == "rescreening"
    assert [r.customers_count for r in Rescreening.objects.order_by("pk")] == [1, 1]
    assert not Rescreening.objects.filter(finished_at=None).exists()


def test_running_again_finds_nothing_new(verification: Verification, tmp_path: Path) -> None:
    approve(verification)
    take_in(tmp_path, [*OTHERS, CARLA])

    assert (rescreenings_run(), rescreenings_run()) == (1, 0)

    Rescreening.objects.update(finished_at=None, next_after=None)
    assert rescreenings_run() == 0
    assert ScreeningHit.objects.count() == 1


def test_only_what_is_new_on_the_list_is_compared(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, [*OTHERS, CARLA])
    rescreenings_run()
    approve(verification)

    take_in(tmp_path, [*OTHERS, CARLA, ("U-50", "Some Other Body", "", "", "", "")])

    assert rescreenings_run() == 0
    assert not ScreeningHit.objects.exists()


def test_who_is_not_approved_is_left_to_their_own_screening(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, [*OTHERS, CARLA])

    assert rescreenings_run() == 0
    assert Rescreening.objects.get().customers_count == 0


def test_who_was_erased_is_passed_over(verification: Verification, tmp_path: Path) -> None:
    approve(verification)
    data_key_destroy(data_key=verification.customer.data_key, actor=SYSTEM)

    take_in(tmp_path, [*OTHERS, CARLA])

    assert rescreenings_run() == 0
    assert not ScreeningHit.objects.exists()


def test_a_large_change_is_searched_for_in_the_database_with_the_same_end(
    verification: Verification, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyc.services.rescreening.IN_MEMORY", 3)
    approve(verification)
    take_in(tmp_path, [*OTHERS, CARLA])

    assert rescreenings_run() == 1
    assert ScreeningHit.objects.get().entry.external_id == "U-1"


def test_a_list_that_is_brought_back_is_compared_whole(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [*OTHERS, CARLA])
    rescreenings_run()
    watchlist_retire(name="ours", analyst=anna)
    approve(verification)
    relay_batch()
    assert not ScreeningHit.objects.exists()

    take_in(tmp_path, [*OTHERS, CARLA])

    assert rescreenings_run() == 1
    assert ScreeningHit.objects.get().entry.external_id == "U-1"


def test_a_list_that_a_refused_import_brings_back_is_compared_as_it_was(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [*OTHERS, CARLA])
    rescreenings_run()
    watchlist_retire(name="ours", analyst=anna)
    approve(verification)

    assert take_in(tmp_path, [CARLA]).refusal

    assert Watchlist.objects.get().retired_at is None
    assert rescreenings_run() == 1
    assert ScreeningHit.objects.get().entry.external_id == "U-1"


def test_a_dry_run_brings_no_list_back(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [*OTHERS, CARLA])
    watchlist_retire(name="ours", analyst=anna)

    take_in(tmp_path, [*OTHERS, CARLA], is_dry_run=True)

    assert Watchlist.objects.get().retired_at is not None
    assert Rescreening.objects.count() == 1


def test_of_a_list_that_was_retired_meanwhile_nobody_is_found(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    approve(verification)
    take_in(tmp_path, [*OTHERS, CARLA])
    watchlist_retire(name="ours", analyst=anna)

    assert rescreenings_run() == 0

    rescreening = Rescreening.objects.get()
    assert rescreening.finished_at is not None
    assert rescreening.customers_count == 0


def another_carla() -> Customer:
    """Return an approved customer of that name."""
    verification = customer_make(surname="Núñez", given_names="Carla Maria", born=date(1990, 1, 2))
    put(verification, VerificationStatus.APPROVED)
    return verification.customer


def test_a_run_ends_after_its_time_with_the_customer_it_was_at(db: None, tmp_path: Path) -> None:
    for _ in range(3):
        another_carla()
    take_in(tmp_path, [*OTHERS, CARLA])

    found = [rescreenings_run(run_s=-1) for _ in range(4)]

    assert found == [1, 1, 1, 0]
    assert Rescreening.objects.get().finished_at is not None


def test_nobody_is_found_on_an_entry_that_ended_while_the_run_was_under_way(
    db: None, tmp_path: Path
) -> None:
    for _ in range(2):
        another_carla()
    take_in(tmp_path, [*OTHERS, CARLA])
    assert rescreenings_run(run_s=-1) == 1

    take_in(tmp_path, OTHERS)

    assert rescreenings_run() == 0
    assert not Rescreening.objects.filter(finished_at=None).exists()


def test_who_cannot_be_read_keeps_nobody_waiting_and_is_tried_again(
    db: None, tmp_path: Path
) -> None:
    readable, *damaged = (another_carla() for _ in range(3))
    for customer in damaged:
        Customer.objects.filter(pk=customer.pk).update(details_sealed=b"\x01" * 80)
    take_in(tmp_path, [*OTHERS, CARLA])

    assert rescreenings_run() == 1

    assert ScreeningHit.objects.get().customer == readable
    rescreening = Rescreening.objects.get()
    assert rescreening.finished_at is not None
    assert rescreening.unsearched == sorted(customer.pk for customer in damaged)
    assert unsearched_retry() == 2

    damaged[0].save(update_fields=["details_sealed"])
    data_key_destroy(data_key=damaged[1].data_key, actor=SYSTEM)
    assert unsearched_retry() == 0

    assert ScreeningHit.objects.filter(customer=damaged[0]).count() == 1
    rescreening.refresh_from_db()
    assert (rescreening.unsearched, rescreening.hits_count) == ([], 2)


def test_those_who_fail_again_are_tried_last_the_next_time(db: None, tmp_path: Path) -> None:
    damaged = sorted((another_carla() for _ in range(2)), key=lambda customer: customer.pk)
    for customer in damaged:
        Customer.objects.filter(pk=customer.pk).update(details_sealed=b"\x01" * 80)
    take_in(tmp_path, [*OTHERS, CARLA])
    rescreenings_run()

    unsearched_retry(run_s=-1)

    assert Rescreening.objects.get().unsearched == [damaged[1].pk, damaged[0].pk]


def test_who_is_left_out_of_several_versions_is_searched_for_once_and_struck_off_all(
    db: None, tmp_path: Path
) -> None:
    damaged = [another_carla() for _ in range(2)]
    for customer in damaged:
        Customer.objects.filter(pk=customer.pk).update(details_sealed=b"\x01" * 80)
    take_in(tmp_path, OTHERS)
    take_in(tmp_path, [*OTHERS, CARLA])
    rescreenings_run()
    assert [len(r.unsearched) for r in Rescreening.objects.order_by("pk")] == [2, 2]
    with capture_logs() as logs:
        assert unsearched_retry() == 2
    assert len(logs) == 2

    for customer in damaged:
        customer.save(update_fields=["details_sealed"])
    assert unsearched_retry(run_s=-1) == 1

    # The time was over after one of them, whichever version it was left out of.
    assert [len(r.unsearched) for r in Rescreening.objects.order_by("pk")] == [1, 1]
    assert unsearched_retry() == 0
    assert [r.hits_count for r in Rescreening.objects.order_by("pk")] == [2, 0]


def test_who_is_approved_after_the_list_changed_under_way_is_searched_for_then(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, OTHERS)
    findings = screen(verification)
    assert findings is not None
    stored = StageFindings(StageState.DONE, findings.to_json())
    result_store(verification, Stage.SCREENING, stored, 1)
    take_in(tmp_path, [*OTHERS, CARLA])
    rescreenings_run()
    assert not ScreeningHit.objects.exists()

    approve(verification)
    relay_batch()

    assert ScreeningHit.objects.get().entry.external_id == "U-1"
    relay_batch()
    assessment = risk_current(verification.customer_id)
    assert assessment is not None
    assert (assessment.level, assessment.reasons[0]["code"]) == ("high", "screening.open_hit")


def test_in_memory_everybody_is_found_whom_the_database_finds(db: None, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    people = NameSource(rng).draw(300)
    take_in(tmp_path, [(str(n), str(person), "", "", "", "") for n, person in enumerate(people)])
    index = WordIndex[str]()
    for number, person in enumerate(people):
        index.add([str(person)], str(number))

    searched = [alter(people[n], rng) for n, alter in enumerate([*PERTURBATIONS.values()] * 6)]
    in_database = [{found.entry.external_id for found in candidates(name)} for name in searched]

    # A slip in a very short word hides some; bench/screening.py measures how many.
    assert sum(map(bool, in_database)) >= 36
    for name, found in zip(searched, in_database, strict=True):
        assert found <= set(index.candidates(name))
