"""Several analysts at the same moment, in connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from cases.models import Alert, Case, CaseDecision
from cases.services.alert_sources import alert_of_transaction
from cases.services.alerts import alert_open
from cases.services.applying import decision_apply
from cases.services.approvals import decision_undo
from cases.services.claims import case_claim, case_next
from cases.services.decisions import case_decide
from fraudsite.core.choices import Role
from fraudsite.core.models import StatusChange, User
from kyc.refusals import Refusal
from tests.cases.raised import a_case, a_payment, claimed_by
from tests.cases.test_decisions import refuse
from tests.scoring.decided import a_customer
from transactions.models import Label

pytestmark = pytest.mark.django_db(transaction=True)
ANALYSTS = 6


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do everything at the same moment; return what each returned, or the code it was refused."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return act()
        except Refusal as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


@pytest.fixture
def analysts(make_user: Callable[..., User]) -> list[User]:
    return [make_user(f"analyst{n}@example.com", Role.ANALYST) for n in range(ANALYSTS)]


def test_two_analysts_never_get_one_case(analysts: list[User]) -> None:
    made = {a_case().pk for _ in range(ANALYSTS * 2)}

    def take(analyst: User) -> list[Any]:
        return [case_next(analyst=analyst) for _ in range(4)]

    taken = at_once([lambda who=who: take(who) for who in analysts])  # type: ignore[misc]

    got = [case.pk for cases in taken for case in cases if case is not None]
    assert len(got) == len(set(got))
    assert set(got) == made
    assert StatusChange.objects.filter(to_status="claimed").count() == len(made)
    for analyst, cases in zip(analysts, taken, strict=True):
        held = set(Case.objects.filter(claimed_by=analyst).values_list("pk", flat=True))
        assert held == {case.pk for case in cases if case is not None}


def test_one_claims_a_case_and_the_others_are_told(analysts: list[User]) -> None:
    case = a_case()

    outcomes = at_once(
        [
            lambda who=who: case_claim(case_id=case.pk, seen=case.version, analyst=who)  # type: ignore[misc]
            for who in analysts
        ]
    )

    assert sorted(map(str, outcomes)) == sorted(
        [f"Case {case.reference}", *["held_by_another"] * (ANALYSTS - 1)]
    )


def test_alerts_about_one_new_customer_open_one_case() -> None:
    customer = a_customer()
    alerts = [alert_of_transaction(str(a_payment(customer).pk)) for _ in range(4)]

    made = at_once([lambda new=new: alert_open(new)[1] for new in [*alerts, *alerts]])  # type: ignore[misc]

    assert sorted(made) == [False] * 4 + [True] * 4
    case = Case.objects.get()
    assert (case.alerts_count, case.version) == (4, 4)
    assert Alert.objects.filter(case=case).count() == 4


def test_undo_and_the_moment_itself_have_one_winner(analysts: list[User]) -> None:
    anna = analysts[0]
    case = claimed_by(anna)
    made = case_decide(case_id=case.pk, seen=None, verdict=refuse(case), analyst=anna)

    outcomes = at_once(
        [
            lambda: decision_apply(decision_id=made.pk, is_due=True),
            lambda: decision_undo(decision_id=made.pk, user=anna).status,
            lambda: decision_apply(decision_id=made.pk, is_due=True),
        ]
    )

    ended = CaseDecision.objects.get().status
    assert ended in {"applied", "undone"}
    assert outcomes[0] == outcomes[2] == ended
    assert outcomes[1] == ("undone" if ended == "undone" else "too_late")
    assert Label.objects.count() == (ended == "applied")
