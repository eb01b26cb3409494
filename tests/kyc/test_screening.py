"""A verification against the lists in use."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import OutboxEvent, User
from kyc.choices import Stage, StageState, VerificationStatus
from kyc.choices_screening import HitStatus
from kyc.decision.screening import ScreeningFindings
from kyc.models import ScreeningHit, Verification
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.services.customers import details_read, details_save
from kyc.services.decisions import attempt_decide
from kyc.services.screened_people import people_of
from kyc.services.screening import screen
from kyc.services.screening_hits import SCREENING_HIT, hit_decide, hit_features
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from kyc.services.verifications import verification_retry
from kyc.services.watchlists import WATCHLIST_UNUSABLE, watchlist_retire, watchlists_watch
from tests.kyc.conftest import Traveller
from tests.kyc.duplicates import put
from tests.kyc.watchlist_files import CARLA, OTHERS, take_in


@pytest.fixture
def verification(traveller: Traveller) -> Verification:
    traveller.reaches_capture()
    return traveller.verification


def test_without_a_list_nothing_is_searched(verification: Verification) -> None:
    assert screen(verification) is None
    assert not ScreeningHit.objects.exists()


def test_a_listed_customer_is_a_hit_that_is_explained_and_told_of_by_ids(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])

    findings = screen(verification)

    assert findings is not None
    [found] = findings.matches
    assert (found.external_id, found.status, found.source) == ("U-1", "open", "declared")
    assert [(f.name, f.state) for f in found.features] == [
        ("name", "match"),
        ("birth", "match"),
        ("country", "not_known"),
    ]
    assert found.score == 1.0
    assert ScreeningFindings.from_json(json.loads(json.dumps(findings.to_json()))) == findings
    hit = ScreeningHit.objects.get()
    assert [feature["sentence"] for feature in hit_features(hit)] == [
        "3 of 3 words agree.",
        "The same year.",
        "No country is known on one side.",
    ]
    event = OutboxEvent.objects.get(kind=SCREENING_HIT)
    assert event.payload == {
        "customer_id": str(verification.customer_id),
        "verification_id": str(verification.pk),
        "source": "verification",
    }


def test_screening_twice_keeps_and_tells_of_one_hit(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])

    first, second = screen(verification), screen(verification)

    assert first == second
    assert ScreeningHit.objects.count() == 1
    assert OutboxEvent.objects.filter(kind=SCREENING_HIT).count() == 1


def test_somebody_else_is_no_hit(verification: Verification, tmp_path: Path) -> None:
    born_elsewhen = ("U-1", "Carla Maria Núñez", "", "1950-01-02", "", "Invented")
    take_in(tmp_path, [born_elsewhen, *OTHERS])

    findings = screen(verification)

    assert findings is not None
    assert (findings.matches, findings.troubled) == ((), ())
    assert [(searched.version, searched.entries) for searched in findings.lists] == [(1, 29)]


ZAPOLET = ("U-50", "ZAPOLET, Anyder", "", "1960-05-07", "", "Invented")
OTHER_ZAPOLET = ("U-51", "Anyder Zapolet", "", "1930", "", "Invented")


def document_says(verification: Verification, **findings: object) -> None:
    found = StageFindings(StageState.DONE, {"mrz": None, "licence": None, **findings})
    result_store(verification, Stage.DOCUMENT, found, 1)


def licence(**fields: object) -> dict[str, object]:
    said = {"surname": "ZAPOLET", "given_names": "ANYDER", "birth_date": "1960-05-07"}
    return {"fields": {**said, "issuing_state": "USA", **fields}, "missing": [], "impossible": []}


def printed(*days: str, **fields: str) -> dict[str, object]:
    values = {**fields, **({"birth_date": days[0]} if days else {})}
    return {
        "fields": [
            {
                "name": name,
                "value": value,
                "days": list(days) if name == "birth_date" else [],
                "confidence": 0.6,
            }
            for name, value in values.items()
        ],
        "lines": [],
    }


@pytest.mark.parametrize(
    ("findings", "source"),
    [
        ({"licence": licence()}, "licence"),
        ({"licence": {**licence(), "impossible": ["expiry_date"]}}, "licence"),
        ({"visual": printed("1960-05-07", surname="ZAPOLET", given_names="ANYDER")}, "print"),
        (
            {
                "visual": printed(
                    "1961-07-05", "1960-05-07", surname="Zapolet", given_names="A.nyder"
                )
            },
            "print",
        ),
    ],
)
def test_whom_only_the_document_names_is_a_hit(
    verification: Verification, tmp_path: Path, findings: dict[str, object], source: str
) -> None:
    take_in(tmp_path, [ZAPOLET, OTHER_ZAPOLET, *OTHERS])
    document_says(verification, **findings)

    found = screen(verification)

    assert found is not None
    assert [(match.external_id, match.source) for match in found.matches] == [("U-50", source)]


def test_print_without_a_date_of_birth_is_taken_with_that_of_the_bar_code(
    verification: Verification,
) -> None:
    document_says(
        verification,
        licence=licence(surname="OTHER", given_names=None),
        visual=printed(surname="ZAPOLET", given_names="ANYDER"),
    )

    found = [
        (person.name, str(person.birth_date), person.source) for person in people_of(verification)
    ]

    assert found == [
        ("Carla Maria Núñez", "1990-01-02", "declared"),
        ("OTHER", "1960-05-07", "licence"),
        ("ANYDER ZAPOLET", "1990-01-02", "print"),
        ("ANYDER ZAPOLET", "1960-05-07", "print"),
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"surname": "Núñez", "given_names": "Carla Maria", "birth_date": "1990-01-02"},
        {"surname": "", "given_names": None},
    ],
)
def test_what_says_nothing_new_and_one_printed_word_are_nobody_to_search_for(
    verification: Verification, said: dict[str, object]
) -> None:
    document_says(
        verification,
        licence=licence(**said, issuing_state="UTO"),
        visual=printed(surname="ZAPOLET"),
    )

    assert [person.source for person in people_of(verification)] == ["declared"]


def tell_apart(analyst: User) -> None:
    hit_decide(
        hit=ScreeningHit.objects.get(),
        decision="false_positive",
        reason="false_positive_birth",
        seen="open",
        analyst=analyst,
    )


def test_a_false_positive_does_not_come_again(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    screen(verification)
    tell_apart(anna)

    again = screen(verification)

    assert again is not None
    assert [match.status for match in again.matches] == ["false_positive"]
    assert again.standing == ()
    assert OutboxEvent.objects.filter(kind=SCREENING_HIT).count() == 1
    assert OutboxEvent.objects.filter(kind="kyc.screeninghit.false_positive").count() == 1


def declare(verification: Verification, **changes: object) -> Verification:
    """Return the verification once its customer says something else of themselves."""
    before = details_read(verification.customer)
    assert before is not None
    details = replace(before, **changes)  # type: ignore[arg-type]  # whatever the test declares
    details_save(verification=verification, details=details, actor=Actor.system("test"))
    return Verification.objects.get(pk=verification.pk)


def declare_birth(verification: Verification, born: date) -> Verification:
    return declare(verification, birth_date=born)


def try_again(verification: Verification) -> Verification:
    """Return the verification once it was sent back and its customer began the next attempt."""
    put(verification, VerificationStatus.RESUBMIT)
    verification_retry(verification=verification, actor=Actor.system("test"))
    return Verification.objects.get(pk=verification.pk)


def watchlist_check(verification: Verification) -> dict[str, object]:
    """Search, decide, and return what the decision says of the watchlists."""
    findings = screen(verification)
    assert findings is not None
    assert findings.matches == ()
    found = StageFindings(StageState.DONE, findings.to_json())
    result_store(verification, Stage.SCREENING, found, 1)
    put(verification, VerificationStatus.PROCESSING)
    attempt_decide(verification_id=str(verification.pk), attempt=verification.attempt)
    decision = verification.decisions.get(attempt=verification.attempt)
    [check] = [
        check
        for group in decision.tree
        for check in group["checks"]
        if check["code"] == "screening.watchlists"
    ]
    return {"state": check["state"], "reason": check["code"] in decision.reason_codes}


@pytest.mark.parametrize("decided", ["open", "confirmed", "false_positive"])
def test_a_hit_that_stands_is_raised_in_the_next_attempt_under_another_name(
    verification: Verification, tmp_path: Path, anna: User, decided: str
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    screen(verification)
    if decided != "open":
        reasons = {"confirmed": "confirmed_identity", "false_positive": "false_positive_birth"}
        hit = ScreeningHit.objects.get()
        order = {"decision": decided, "reason": reasons[decided], "seen": "open"}
        hit_decide(hit=hit, analyst=anna, **order)

    renamed = declare(try_again(verification), surname="Anemolius", given_names="Ademus")

    stands = decided != "false_positive"
    assert watchlist_check(renamed) == {
        "state": "consider" if stands else "clear",
        "reason": stands,
    }


def test_an_open_hit_of_an_entry_that_ended_counts_no_more(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    screen(verification)
    take_in(tmp_path, OTHERS)

    assert watchlist_check(try_again(verification)) == {"state": "clear", "reason": False}


# The name alone makes one of them as sure as can be, so that no birth adds to its score.
@pytest.mark.parametrize(
    ("listed", "score"), [("NUNEZ, Carla Maria", 1.0), ("NUNEZ, Carla", 0.9767)]
)
def test_who_was_told_apart_is_asked_about_again_once_more_agrees(
    verification: Verification, tmp_path: Path, anna: User, listed: str, score: float
) -> None:
    take_in(tmp_path, [("U-1", listed, "", "1992-05-06", "", "Invented"), *OTHERS])
    screen(verification)
    tell_apart(anna)
    verification = declare_birth(verification, date(1992, 5, 6))

    again = screen(verification)

    assert again is not None
    assert [(match.status, match.score) for match in again.standing] == [("open", score)]
    hit = ScreeningHit.objects.get()
    assert (hit.score, hit.reason, hit.decided_by, hit.decided_at) == (score, "", None, None)
    assert [feature["sentence"] for feature in hit_features(hit)][1] == "The same day."
    assert OutboxEvent.objects.filter(kind=SCREENING_HIT).count() == 2
    assert OutboxEvent.objects.get(kind="kyc.screeninghit.open").payload == {
        "from": "false_positive",
        "to": "open",
        "reason_code": "agrees_better",
        "customer_id": str(verification.customer_id),
    }

    tell_apart(anna)
    less = screen(declare_birth(verification, date(1990, 1, 2)))
    assert less is not None
    assert [match.status for match in less.matches] == ["false_positive"]
    assert OutboxEvent.objects.filter(kind=SCREENING_HIT).count() == 2


def test_an_open_hit_shows_whoever_decides_what_agrees_by_now(
    verification: Verification, tmp_path: Path
) -> None:
    take_in(tmp_path, [("U-1", "NUNEZ, Carla Maria", "", "1992-05-06", "", "Invented"), *OTHERS])
    screen(verification)

    screen(declare_birth(verification, date(1992, 5, 6)))

    hit = ScreeningHit.objects.get()
    assert (hit.status, hit.score) == ("open", 1.0)
    assert [feature["sentence"] for feature in hit_features(hit)][1] == "The same day."
    assert OutboxEvent.objects.filter(kind=SCREENING_HIT).count() == 1


def test_an_entry_that_changed_is_asked_about_again(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    screen(verification)
    hit_decide(
        hit=ScreeningHit.objects.get(),
        decision="false_positive",
        reason="false_positive_otherwise",
        seen="open",
        analyst=anna,
    )
    take_in(tmp_path, [(*CARLA[:3], "1990-01-02", *CARLA[4:]), *OTHERS])

    again = screen(verification)

    assert again is not None
    assert [match.status for match in again.standing] == ["open"]


def test_a_hit_is_decided_once_with_a_reason_and_by_somebody_else(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    screen(verification)
    hit = ScreeningHit.objects.get()
    order = {"hit": hit, "decision": "confirmed", "seen": "open"}

    with pytest.raises(Refusal, match="reason_missing"):
        hit_decide(**order, reason="false_positive_birth", analyst=anna)
    with pytest.raises(Refusal, match="own_hit"):
        hit_decide(**order, reason="confirmed_identity", analyst=verification.customer.user)
    hit_decide(**order, reason="confirmed_identity", analyst=anna)
    with pytest.raises(ChangedElsewhere):
        hit_decide(**order, reason="confirmed_identity", analyst=anna)

    hit.refresh_from_db()
    assert (hit.status, hit.reason, hit.decided_by) == (
        HitStatus.CONFIRMED,
        "confirmed_identity",
        anna,
    )


def test_a_stale_list_is_said_so_and_told_of_once(
    verification: Verification, tmp_path: Path, time_machine: object
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS], max_age_days=3)
    assert watchlists_watch() == 0
    time_machine.move_to(timezone.now() + timedelta(days=5))

    findings = screen(verification)

    assert findings is not None
    assert [(s.trouble, s.sentence) for s in findings.troubled] == [
        ("stale", "Imported 5 days ago; 3 are allowed.")
    ]
    assert (watchlists_watch(), watchlists_watch()) == (1, 0)
    event = OutboxEvent.objects.get(kind=WATCHLIST_UNUSABLE)
    assert event.payload == {"trouble": "stale", "version": 1}


def test_a_retired_list_is_searched_no_more(
    verification: Verification, tmp_path: Path, anna: User
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])

    watchlist_retire(name="ours", analyst=anna)

    assert screen(verification) is None
    with pytest.raises(Refusal, match="not_in_use"):
        watchlist_retire(name="ours", analyst=anna)


def test_retired_lists_take_no_room_from_those_in_use(
    verification: Verification, tmp_path: Path, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kyc.services.watchlist_search.CANDIDATES", 2)
    crowd = [(f"U-{n}", "NUNEZ, Carla Maria", "", "1990-01-02", "", "") for n in range(5)]
    take_in(tmp_path, crowd, name="old")
    watchlist_retire(name="old", analyst=anna)
    take_in(tmp_path, [("U-1", "NUNEZ, Carla", "", "1990", "", "Invented"), *OTHERS])

    findings = screen(verification)

    assert findings is not None
    assert [match.list_name for match in findings.matches] == ["ours"]
