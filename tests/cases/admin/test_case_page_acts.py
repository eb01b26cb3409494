"""What is done on the page of a case: each act, and that a refused form comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cases.choices import CaseStatus, DecisionStatus
from cases.models import Case, CaseDecision, Note
from cases.services.notes import note_text
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User, Workspace
from kyc.services.verifications import verification_state
from scoring.services.reviews import review_state
from tests.cases.raised import a_case, a_payment, a_verification_case, claimed_by, raised_by
from tests.scoring.decided import a_customer
from transactions.models import Card

pytestmark = pytest.mark.django_db
DAYS = {"block_days": "30", "snooze_days": "30"}


def page_of(case: Case) -> str:
    return reverse("admin:cases_case_change", args=[case.pk])


def send(client: Client, case: Case, name: str, **form: Any) -> Any:
    version = Case.objects.get(pk=case.pk).version
    address = reverse(f"admin:cases_case_{name}", args=[case.pk])
    return client.post(address, {"seen": version, **form})


def released(case: Case, **form: Any) -> dict[str, Any]:
    """A form that releases what is held and calls it a false positive."""
    settled = {
        f"payment-{alert.transaction_id}": "release:release_false_alarm"
        for alert in case.alerts.all()
    }
    return {"label": "false_positive", "reason": "honest_checked", **settled, **DAYS, **form}


def status_of(case: Case) -> str:
    return Case.objects.get(pk=case.pk).status


def test_a_case_is_taken_put_back_and_passed_on(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, client = a_case(), as_user(anna)

    statuses = []
    for name, form in (
        ("claim", {}),
        ("release", {}),
        ("claim", {}),
        ("escalate", {"reason": "Too large for me."}),
    ):
        assert send(client, case, name, **form).status_code == 302
        statuses.append(status_of(case))

    assert statuses == ["claimed", "open", "claimed", "open"]
    assert Case.objects.get(pk=case.pk).queue_id == "escalations"


def test_a_case_is_suspended_and_taken_up_again(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, client = claimed_by(anna), as_user(anna)
    until = timezone.now() + timedelta(days=2)

    put_off = send(
        client, case, "suspend", until=until.strftime("%Y-%m-%dT%H:%M"), reason="Waits for papers"
    )
    resting = status_of(case)
    send(client, case, "resume")

    assert put_off.status_code == 302
    assert (resting, status_of(case)) == (CaseStatus.SUSPENDED, CaseStatus.CLAIMED)


def test_a_refused_act_says_why_and_keeps_what_was_typed(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)

    answer = send(as_user(anna), case, "suspend", until="2001-01-01T10:00", reason="Waits for her")

    assert answer.status_code == 422
    assert "Choose a day to come, at most 90 days away." in answer.text
    assert "Waits for her" in answer.text
    assert status_of(case) == CaseStatus.CLAIMED


def test_a_note_is_kept_and_mentions(
    anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()

    send(as_user(anna), case, "note", text="Look, @ben.")

    note = Note.objects.get(case=case)
    assert (note_text(note), list(note.mentioned.all())) == ("Look, @ben.", [ben])


def test_a_note_to_nobody_comes_back_with_a_sentence(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()

    answer = send(as_user(anna), case, "note", text="Look, @nobody <b>.")

    assert answer.status_code == 422
    assert "@nobody is nobody here." in answer.text
    assert "Look, @nobody &lt;b&gt;.</textarea>" in answer.text
    assert not Note.objects.filter(case=case).exists()


def test_a_file_is_attached_and_its_download_is_audited(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, client = a_case(), as_user(anna)

    send(client, case, "attach", file=SimpleUploadedFile("a letter.html", b"<script>x</script>"))
    attachment = case.attachments.get()
    answer = client.get(reverse("admin:cases_case_attachment", args=[attachment.pk]))

    assert answer.content == b"<script>x</script>"
    assert answer["Content-Type"] == "text/plain"
    assert answer["Content-Disposition"] == 'attachment; filename="a letter.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(action="case.attachment_read").count() == 1


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (None, "Choose a file first."),
        (SimpleUploadedFile("a.exe", b"MZ\x00\x01"), "Attach a PDF, PNG, JPEG, ZIP or plain text."),
    ],
)
def test_a_file_that_is_not_taken_gets_a_sentence(
    upload: Any, sentence: str, anna: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()

    answer = send(as_user(anna), case, "attach", **({"file": upload} if upload else {}))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not case.attachments.exists()


def test_an_auditor_opens_no_attachment(
    anna: User, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    send(as_user(anna), case, "attach", file=SimpleUploadedFile("a.txt", b"text"))
    address = reverse("admin:cases_case_attachment", args=[case.attachments.get().pk])

    answer = as_user(make_user("ida@example.com", Role.AUDITOR)).get(address)

    assert answer.status_code == 404


def test_a_payment_is_released_in_the_state_the_page_showed(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna)
    payment = case.alerts.get().transaction
    client = as_user(anna)
    offered = client.get(page_of(case)).context["forms"]["decide"].waiting[0]

    answer = send(client, case, "decide", **released(case, **{offered.seen_field: offered.seen}))

    made = CaseDecision.objects.get(case=case)
    assert answer.status_code == 302
    assert offered.seen == review_state(payment)
    assert made.status == DecisionStatus.SCHEDULED
    assert made.effects == [
        {
            "kind": "payment",
            "transaction_id": str(payment.pk),
            "act": "release",
            "reason": "release_false_alarm",
            "seen": review_state(payment),
        }
    ]


def test_a_verification_is_declined_and_its_customer_blocked(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case = claimed_by(anna, a_verification_case())
    verification = case.alerts.get().verification
    client = as_user(anna)
    offered = client.get(page_of(case)).context["forms"]["decide"].waiting[0]

    send(
        client,
        case,
        "decide",
        label="confirmed_fraud",
        reason="fraud_forged_document",
        block="customer",
        block_days="7",
        **{f"verification-{verification.pk}": "decline:decline_forged_document"},
    )

    assert offered.seen == verification_state(verification)
    acts = [(one["kind"], one.get("act", one.get("days"))) for one in _effects(case)]
    assert acts == [("verification", "decline"), ("block", 7)]


def test_a_card_and_a_device_are_blocked_without_their_ids_in_the_page(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer()

    card = Card.objects.create(
        workspace=Workspace.objects.live(), customer=customer, token="token-12345678"
    )
    raised = raised_by(a_payment(customer, card=card, device_reference="device-12345678"))
    case, client = claimed_by(anna, raised.case), as_user(anna)
    payment = raised.transaction_id

    page = client.get(page_of(case))
    send(
        client,
        case,
        "decide",
        label="confirmed_fraud",
        reason="fraud_card_stolen",
        block=[f"card:{payment}", f"device:{payment}"],
        block_days="90",
        **{f"payment-{payment}": "refuse:refuse_fraud"},
    )

    assert "token-12345678" not in page.text
    assert "device-12345678" not in page.text
    assert [one.get("reference") for one in _effects(case)] == [
        None,
        "token-12345678",
        "device-12345678",
    ]


def test_some_alerts_of_a_case_are_decided_alone(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    customer = a_customer()
    first = raised_by(a_payment(customer))
    raised_by(a_payment(customer))
    case = claimed_by(anna, Case.objects.get(pk=first.case_id))

    only = {f"payment-{first.transaction_id}": "release:release_false_alarm"}
    form = {"label": "false_positive", "reason": "honest_checked", **DAYS, **only}
    send(as_user(anna), case, "decide", **form, alert_ids=[str(first.pk)])

    assert CaseDecision.objects.get(case=case).covers == [str(first.pk)]


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"label": ""}, 422, "Say what it turned out to be."),
        ({"reason": "fraud_mule"}, 422, "Choose a reason that fits."),
        ({"seen": "1"}, 409, "This case has changed since you opened it."),
        ({"seen": "x"}, 409, "This case has changed since you opened it."),
        ({"block": "everybody"}, 422, "everybody is not one of the available choices."),
        ({"block": "customer", "block_days": "900"}, 422, "less than or equal to 365"),
    ],
)
def test_a_refused_decision_keeps_what_was_typed(
    change: dict[str, str],
    status: int,
    sentence: str,
    anna: User,
    as_user: Callable[[User], Client],
) -> None:
    case = claimed_by(anna)

    answer = send(as_user(anna), case, "decide", **released(case, note="Called her.", **change))

    assert answer.status_code == status
    assert sentence in answer.text
    assert "Called her.</textarea>" in answer.text
    assert not CaseDecision.objects.filter(case=case).exists()


@pytest.mark.parametrize("taker", ["nobody", "ben"])
def test_a_decision_on_a_case_that_was_taken_away_is_not_lost(
    taker: str, anna: User, ben: User, as_user: Callable[[User], Client]
) -> None:
    case, client = claimed_by(anna), as_user(anna)
    send(client, case, "release")
    if taker == "ben":
        claimed_by(ben, Case.objects.get(pk=case.pk))

    answer = send(client, case, "decide", **released(case, note="Called her."))

    assert answer.status_code == 422
    assert "Called her.</textarea>" in answer.text
    assert not CaseDecision.objects.filter(case=case).exists()


def test_whoever_lost_the_right_is_told_and_keeps_what_they_wrote(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, client = claimed_by(anna), as_user(anna)
    User.objects.filter(pk=anna.pk).update(role=Role.AUDITOR)

    answers = [
        send(client, case, "decide", **released(case, note="Called her.")),
        send(client, case, "note", text="Called her."),
    ]

    for answer in answers:
        assert answer.status_code == 422
        assert "Your role does not let you do this any more." in answer.text
        assert "Called her." in answer.text
    assert not CaseDecision.objects.filter(case=case).exists()
    assert not Note.objects.filter(case=case).exists()


def test_a_decision_on_a_case_closed_meanwhile_is_not_lost(
    anna: User, as_user: Callable[[User], Client]
) -> None:
    case, client = claimed_by(anna), as_user(anna)
    Case.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now(), label="inconclusive"
    )

    answer = send(client, case, "decide", **released(case, note="Called her."))
    escalated = send(client, case, "escalate", reason="Too large for me.")

    assert answer.status_code == escalated.status_code == 422
    assert "This case is closed; take it first." in answer.text
    assert "Called her.</textarea>" in answer.text
    assert "Too large for me." in escalated.text


def test_a_closed_case_is_opened_again_by_a_senior(
    anna: User, sam: User, as_user: Callable[[User], Client]
) -> None:
    case = a_case()
    Case.objects.filter(pk=case.pk).update(
        status=CaseStatus.CLOSED, closed_at=timezone.now(), label="inconclusive"
    )

    refused = send(as_user(anna), case, "reopen", reason="She called again.")
    done = send(as_user(sam), case, "reopen", reason="She called again.")

    assert (refused.status_code, done.status_code) == (422, 302)
    assert status_of(case) == CaseStatus.OPEN


def _effects(case: Case) -> list[dict[str, Any]]:
    return CaseDecision.objects.get(case=case).effects
