"""Taking, commenting and deciding cases through the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from cases.models import Case, CaseDecision, Note
from cases.services.notes import note_text
from fraudsite.core.choices import ActorKind, Role
from fraudsite.core.models import ApiKey, AuditEntry, User
from tests.cases.raised import a_case, a_verification_case, claimed_by

pytestmark = pytest.mark.django_db
KeyOf = Callable[..., Client]


def post(api: Client, case: Case, what: str, body: dict[str, Any], key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else None
    url = f"/api/v1/cases/{case.pk}/{what}/"
    return api.post(url, body, content_type="application/json", headers=headers)


def released(case: Case) -> dict[str, Any]:
    """A decision that lets the case's held payment go."""
    alert = case.alerts.get()
    effect = {
        "kind": "payment",
        "transaction_id": str(alert.transaction_id),
        "act": "release",
        "reason": "release_customer_confirmed",
    }
    return {
        "seen": case.version,
        "label": "false_positive",
        "reason": "honest_customer_confirmed",
        "effects": [effect],
    }


def test_a_case_is_taken_in_the_name_of_the_keys_person(key_of: KeyOf, anna: User) -> None:
    case = a_case()

    answer = post(key_of(anna), case, "claim", {"seen": case.version})

    assert answer.status_code == 200
    case.refresh_from_db()
    assert (case.status, case.claimed_by) == ("claimed", anna)
    assert answer.json()["version"] == case.version
    entry = AuditEntry.objects.get(action="case.api_claimed")
    assert (entry.actor_kind, entry.actor_id) == (ActorKind.API_KEY, str(ApiKey.objects.get().pk))
    assert entry.details["in_name_of_id"] == str(anna.pk)


def test_a_stale_version_is_refused_with_a_sentence(key_of: KeyOf, anna: User) -> None:
    case = a_case()

    answer = post(key_of(anna), case, "claim", {"seen": case.version + 1})

    assert answer.status_code == 409
    assert answer.json()["code"] == "changed_elsewhere"
    assert "changed since you opened it" in answer.json()["message"]
    case.refresh_from_db()
    assert case.status == "open"
    assert not AuditEntry.objects.filter(action="case.api_claimed").exists()


def test_what_a_colleague_has_is_not_taken(key_of: KeyOf, anna: User, ben: User) -> None:
    case = claimed_by(ben)

    answer = post(key_of(anna), case, "claim", {"seen": case.version})

    assert (answer.status_code, answer.json()["code"]) == (422, "held_by_another")


def test_a_comment_is_kept_sealed_and_told_back_without_its_text(key_of: KeyOf, anna: User) -> None:
    case = a_case()

    answer = post(key_of(anna), case, "comments", {"text": "Called twice."})

    assert answer.status_code == 201
    note = Note.objects.get()
    assert note_text(note) == "Called twice."
    assert answer.json()["id"] == str(note.pk)
    assert answer.json()["author"] == str(anna.pk)
    assert b"Called" not in answer.content


def test_a_refused_comment_names_its_field(key_of: KeyOf, anna: User) -> None:
    answer = post(key_of(anna), a_case(), "comments", {"text": "4111 1111 1111 1111"})

    assert answer.status_code == 422
    assert (answer.json()["code"], answer.json()["field"]) == ("card_number_refused", "text")
    assert not Note.objects.exists()


def test_a_case_is_decided(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna)

    answer = post(key_of(anna), case, "decisions", released(case))

    assert answer.status_code == 201, answer.content
    decision = CaseDecision.objects.get()
    body = answer.json()
    assert body["id"] == str(decision.pk)
    assert (body["status"], body["label"]) == ("scheduled", "false_positive")
    assert body["effects"][0]["act"] == "release"
    assert decision.decided_by == anna


def test_a_decision_on_what_has_moved_on_is_refused(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna)
    stale = released(case)
    assert post(key_of(anna), case, "comments", {"text": "Wait."}).status_code == 201

    answer = post(key_of(anna), case, "decisions", stale)

    assert (answer.status_code, answer.json()["code"]) == (409, "changed_elsewhere")
    assert not CaseDecision.objects.exists()


def test_a_verification_is_decided(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna, a_verification_case())
    effect = {
        "kind": "verification",
        "verification_id": str(case.alerts.get().verification_id),
        "act": "decline",
        "reason": "decline_other_person",
    }
    body = {
        "seen": case.version,
        "label": "confirmed_fraud",
        "reason": "fraud_false_identity",
        "effects": [effect, {"kind": "block", "subject": "customer", "days": 30}],
    }

    answer = post(key_of(anna), case, "decisions", body)

    assert answer.status_code == 201, answer.content
    assert [one["kind"] for one in answer.json()["effects"]] == ["verification", "block"]


@pytest.mark.parametrize(
    ("changes", "status", "code", "field"),
    [
        ({"seen": None}, 400, "invalid_type", "seen"),
        ({"label": "fraud"}, 400, "invalid_choice", "label"),
        ({"reason": "fraud_mule"}, 422, "reason_missing", "reason"),
        ({"effects": []}, 422, "payment_left_waiting", "effects"),
        ({"effects": [{"kind": "payment"}]}, 400, "required", "effects.0.transaction_id"),
        ({"effects": [{"kind": "bribe"}]}, 400, "invalid_choice", "effects.0.kind"),
        ({"effects": [{"kind": "block", "subject": "card", "days": 0}]}, 400, "out_of_range",
         "effects.0.days"),
        ({"alert_ids": ["01a1fd76-2a55-763a-9a70-a424fe36df0c"]}, 422, "unknown_alerts",
         "alert_ids"),
        ({"report": "x"}, 400, "unknown_field", "report"),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_is_refused_and_nothing_is_kept(
    key_of: KeyOf, anna: User, changes: dict[str, Any], status: int, code: str, field: str
) -> None:
    case = claimed_by(anna)

    answer = post(key_of(anna), case, "decisions", {**released(case), **changes})

    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content
    assert answer.json()["field"] == field
    assert not CaseDecision.objects.exists()


def test_an_act_of_another_kind_is_refused(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna)
    body = released(case)
    body["effects"][0]["act"] = "approve"

    answer = post(key_of(anna), case, "decisions", body)

    assert answer.json()["message"] == "`effects.0.act` must be one of release, refuse."


@pytest.mark.parametrize("what", ["claim", "comments", "decisions"])
@pytest.mark.parametrize(
    ("role", "status", "code"),
    [
        (None, 403, "key_without_person"),
        (Role.CUSTOMER, 403, "key_without_person"),
        (Role.AUDITOR, 404, "not_found"),
        (Role.RISK_MANAGER, 404, "not_found"),
    ],
)
def test_who_may_not_work_cases_does_so_by_no_key(
    key_of: KeyOf,
    make_user: Callable[..., User],
    what: str,
    role: str | None,
    status: int,
    code: str,
) -> None:
    case = a_case()
    user = make_user("x@example.com", role) if role else None
    bodies = {"claim": {"seen": 1}, "comments": {"text": "x"}, "decisions": released(case)}

    answer = post(key_of(user), case, what, bodies[what])

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    case.refresh_from_db()
    assert (case.status, case.version) == ("open", 1)


@pytest.mark.parametrize("what", ["claim", "comments", "decisions"])
def test_a_key_that_may_only_read_works_nothing(key_of: KeyOf, anna: User, what: str) -> None:
    case = a_case()

    answer = post(key_of(anna, "cases:read", "events:read"), case, what, {})

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")
    assert post(Client(), case, what, {}).status_code == 401


def test_a_comment_sent_twice_under_one_key_is_written_once(key_of: KeyOf, anna: User) -> None:
    case, api = a_case(), key_of(anna)

    first = post(api, case, "comments", {"text": "Once."}, "k-1")
    again = post(api, case, "comments", {"text": "Once."}, "k-1")

    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Note.objects.count() == 1


def test_a_decision_sent_twice_under_one_key_is_made_once(key_of: KeyOf, anna: User) -> None:
    case = claimed_by(anna)
    api, body = key_of(anna), released(case)

    first = post(api, case, "decisions", body, "k-1")
    again = post(api, case, "decisions", body, "k-1")
    unkeyed = post(api, case, "decisions", body)

    assert again.json() == first.json()
    assert again["Idempotency-Replayed"] == "true"
    assert unkeyed.status_code == 409
    assert CaseDecision.objects.count() == 1


def test_a_key_used_for_something_else_is_refused(key_of: KeyOf, anna: User) -> None:
    case, api = a_case(), key_of(anna)
    post(api, case, "comments", {"text": "Once."}, "k-1")

    other_text = post(api, case, "comments", {"text": "Twice."}, "k-1")
    other_action = post(api, case, "claim", {"seen": 2}, "k-1")
    other_caller = post(key_of(anna), case, "comments", {"text": "Twice."}, "k-1")

    for refused in (other_text, other_action):
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_conflict")
    assert other_caller.status_code == 201
    assert Note.objects.count() == 2


def test_a_refused_request_may_be_sent_again_under_its_key(key_of: KeyOf, anna: User) -> None:
    case, api = a_case(), key_of(anna)

    assert post(api, case, "claim", {"seen": 9}, "k-1").status_code == 409
    taken = post(api, case, "claim", {"seen": case.version}, "k-1")

    assert taken.status_code == 200
    assert "Idempotency-Replayed" not in taken
