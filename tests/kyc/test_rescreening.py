"""The approved against lists that change."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fraudsite.core.actors import Actor
from fraudsite.core.models import OutboxEvent
from fraudsite.core.outbox import relay_batch
from fraudsite.core.services.data_keys import data_key_destroy
from fraudsite.core.transitions import move
from kyc.choices import Stage, StageState
from kyc.models import Rescreening, ScreeningHit, Verification
from kyc.screening.simulation import PERTURBATIONS, NameSource
from kyc.screening.word_index import WordIndex
from kyc.services.rescreening import rescreenings_run
from kyc.services.risk import risk_current
from kyc.services.screening import screen
from kyc.services.screening_hits import SCREENING_HIT
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from kyc.services.watchlist_search import candidates
from tests.kyc.conftest import Traveller
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
