"""Approved customers who may be on a list that changed come before an analyst."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone

from cases.choices import AlertSettlement, AlertSource, CaseStatus, QueueName
from cases.effects import SettleVerification
from cases.models import Alert, Case
from cases.services.alert_sources import alert_of_hit
from cases.services.alerts import alert_open
from cases.services.claims import case_claim
from cases.services.decisions import Verdict, case_decide
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.outbox import relay_batch
from fraudsite.core.transitions import move
from kyc.choices_screening import HitSource
from kyc.models import ScreeningHit, Verification, WatchlistEntry
from kyc.refusals import Refusal
from kyc.services.screening_hits import hit_decide
from tests.cases.raised import a_customer, a_verification
from tests.kyc.watchlist_files import OTHERS, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def hit(tmp_path: Path) -> ScreeningHit:
    take_in(tmp_path, OTHERS)
    verification = a_verification(a_customer())
    return ScreeningHit.objects.create(
        customer=verification.customer,
        entry=WatchlistEntry.objects.first(),
        verification=verification,
        source=HitSource.RESCREENING,
        score=0.91,
        features_sealed=b"",
    )


def raised(hit: ScreeningHit) -> Case:
    new = alert_of_hit(str(hit.pk), timezone.now())
    assert new is not None
    return alert_open(new)[0].case


def tell_apart(hit: ScreeningHit, analyst: User) -> None:
    hit_decide(
        hit=hit,
        decision="false_positive",
        reason="false_positive_birth",
        seen="open",
        analyst=analyst,
    )
    relay_batch()


def test_a_hit_of_a_changed_list_opens_a_case_in_the_screening_queue(hit: ScreeningHit) -> None:
    case = raised(hit)

    assert (case.queue_id, case.customer_id) == (QueueName.SCREENING, hit.customer_id)
    assert case.alerts.get().score == 0.91
    assert raised(hit) == case
    assert case.alerts.count() == 1


def test_a_hit_that_a_verification_found_goes_with_that_verification(hit: ScreeningHit) -> None:
    hit.source = HitSource.VERIFICATION
    hit.save()

    assert alert_of_hit(str(hit.pk), timezone.now()) is None


def test_a_hit_that_a_verification_found_once_it_was_approved_needs_a_case(
    hit: ScreeningHit,
) -> None:
    ScreeningHit.objects.update(source=HitSource.VERIFICATION)
    Verification.objects.update(status="approved")

    assert raised(hit).queue_id == QueueName.SCREENING


def test_a_case_approves_nobody_while_a_hit_stands(hit: ScreeningHit, anna: User) -> None:
    case = case_claim(case_id=raised(hit).pk, seen=None, analyst=anna)
    effect = SettleVerification(str(hit.verification_id), "approve", "approve_evidence_clear")
    verdict = Verdict("false_positive", "honest_checked", [effect], note="Seen by eye.")

    with pytest.raises(Refusal, match="hit_standing"):
        case_decide(case_id=case.pk, seen=None, verdict=verdict, analyst=anna)

    assert not case.decisions.exists()


def test_whoever_is_told_apart_from_the_listed_person_needs_no_case_any_more(
    hit: ScreeningHit, anna: User
) -> None:
    case = raised(hit)

    tell_apart(hit, anna)

    alert = Alert.objects.get(case=case, source=AlertSource.SCREENING)
    assert alert.settlement == AlertSettlement.ELSEWHERE


def test_a_hit_that_is_raised_again_needs_a_case_again(hit: ScreeningHit, anna: User) -> None:
    raised(hit)
    tell_apart(hit, anna)
    hit.refresh_from_db()
    move(hit, to="open", actor=Actor.system("test"), payload={"customer_id": str(hit.customer_id)})

    assert raised(hit) == raised(hit)

    alerts = Alert.objects.filter(source=AlertSource.SCREENING).order_by("raised_at")
    assert [alert.settlement for alert in alerts] == [AlertSettlement.ELSEWHERE, ""]
    assert alerts[1].case.status == CaseStatus.OPEN
    tell_apart(hit, anna)
    assert not alerts.filter(settlement="").exists()
