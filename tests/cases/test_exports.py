"""Cases and labels as files: what is in them, what never is, and that it is written down."""

from __future__ import annotations

import csv
import doctest
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cases.effects import SettlePayment
from cases.exports import cells
from cases.exports.cells import cell, csv_lines
from cases.models import Case
from cases.services.decisions import Verdict, case_decide
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from tests.cases.raised import a_case, claimed_by
from tests.scoring.decided import a_customer

URL = "/admin/cases/export/"
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
AsUser = Callable[[User], Client]


@pytest.fixture(autouse=True)
def without_second_factor(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sent(answer: Any) -> str:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def closed_by(analyst: User) -> Case:
    """A case that was decided: its payment was no fraud and was let go."""
    case = claimed_by(analyst)
    payment = str(case.alerts.get().transaction_id)
    effect = SettlePayment(payment, "release", "release_customer_confirmed")
    verdict = Verdict("false_positive", "honest_customer_confirmed", [effect])
    case_decide(
        case_id=case.pk, seen=case.version, verdict=verdict, analyst=analyst, is_immediate=True
    )
    case.refresh_from_db()
    assert case.status == "closed"
    return case


@pytest.mark.parametrize("beginning", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_begins_like_a_formula_comes_after_an_apostrophe(beginning: str) -> None:
    assert cell(f"{beginning}1+1") == f"'{beginning}1+1"


def test_its_examples_hold() -> None:
    assert doctest.testmod(cells) == (0, 2)


@given(TEXT)
def test_no_cell_is_a_formula_and_every_one_is_read_back(text: str) -> None:
    [line] = list(csv.reader(io.StringIO("".join(csv_lines(["x"], [[text]])), newline="")))[1:]

    assert line[0] in (text, f"'{text}")
    assert not line[0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.django_db
def test_a_senior_analyst_exports_the_cases_of_the_list(
    as_user: AsUser, sam: User, anna: User
) -> None:
    closed = closed_by(anna)
    waiting = a_case(a_customer("chris"))
    client = as_user(sam)

    page = client.get(URL)
    unclosed = rows_of(sent(client.post(URL, {"what": "cases"})))
    [row] = rows_of(sent(client.post(f"{URL}?status=closed", {"what": "cases"})))

    assert "Download 1 cases as CSV" in page.content.decode()
    assert [one["case_id"] for one in unclosed] == [str(waiting.pk)]
    assert (row["case_id"], row["label"]) == (str(closed.pk), "false_positive")
    assert (row["reason"], row["decided_by"]) == ("honest_customer_confirmed", str(anna.pk))
    assert row["alert_reasons"] == "rule.velocity"


@pytest.mark.django_db
def test_labels_are_exported_with_where_they_came_from(
    as_user: AsUser, sam: User, anna: User
) -> None:
    case = closed_by(anna)

    [row] = rows_of(sent(as_user(sam).post(f"{URL}?status=closed", {"what": "labels"})))

    assert row["transaction_id"] == str(case.alerts.get().transaction_id)
    assert (row["is_fraud"], row["source"]) == ("0", "analyst")
    assert row["decision_id"] == str(case.decisions.get().pk)


@pytest.mark.django_db
def test_an_export_is_written_down(as_user: AsUser, sam: User) -> None:
    a_case()

    answer = as_user(sam).post(f"{URL}?queue=payments&breached=2", {"what": "cases"})

    entry = AuditEntry.objects.get(action="case.exported")
    assert entry.actor_id == str(sam.pk)
    assert entry.details == {"what": "cases", "asked": {"queue": "payments"}, "rows": 1}
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith('attachment; filename="cases-')


@pytest.mark.django_db
def test_nobody_exports_a_case_about_themselves(as_user: AsUser, sam: User) -> None:
    a_case(a_customer(user=sam))

    assert rows_of(sent(as_user(sam).post(URL, {"what": "cases"}))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    ("role", "status"),
    [
        (None, 302),
        (Role.CUSTOMER, 302),
        (Role.ANALYST, 404),
        (Role.AUDITOR, 404),
        (Role.RISK_MANAGER, 200),
        (Role.ADMINISTRATOR, 200),
    ],
)
def test_few_may_export(
    make_user: Callable[..., User], as_user: AsUser, method: str, role: str | None, status: int
) -> None:
    client = as_user(make_user("x@example.com", role)) if role else Client()

    answer = getattr(client, method)(URL, {"what": "cases"})

    assert answer.status_code == status
    exported = AuditEntry.objects.filter(action="case.exported").exists()
    assert exported == (status == 200 and method == "post")


@pytest.mark.django_db
def test_the_command_writes_the_file_and_the_audit_entry(
    tmp_path: Path, anna: User, capsys: pytest.CaptureFixture[str]
) -> None:
    case, out = closed_by(anna), tmp_path / "cases.csv"
    day = f"{case.opened_at:%Y-%m-%d}"

    call_command("export_cases", "--out", out, "--from", day, "--to", day, "--json")

    told = json.loads(capsys.readouterr().out)
    assert told == {"out": str(out), "what": "cases", "rows": 1, "dry_run": False}
    assert [row["case_id"] for row in rows_of(out.read_text("utf-8"))] == [str(case.pk)]
    assert list(tmp_path.iterdir()) == [out]
    entry = AuditEntry.objects.get(action="case.exported")
    assert (entry.actor_id, entry.details["asked"]) == ("export_cases", {"from": day, "to": day})


@pytest.mark.django_db
def test_the_command_may_only_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a_case()
    out = tmp_path / "cases.csv"

    call_command("export_cases", "--out", out, "--from", "2126-01-01", "--dry-run")
    call_command("export_cases", "--out", out, "--dry-run")

    assert capsys.readouterr().out.splitlines() == [
        f"0 cases would be written to {out}.",
        f"1 cases would be written to {out}.",
    ]
    assert not out.exists()
    assert not AuditEntry.objects.filter(action="case.exported").exists()


@pytest.mark.django_db
def test_the_command_replaces_no_file_unasked(tmp_path: Path) -> None:
    out = tmp_path / "cases.csv"
    out.write_text("mine")

    with pytest.raises(CommandError, match="--force replaces it"):
        call_command("export_cases", "--out", out)
    assert out.read_text() == "mine"
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("export_cases", "--out", tmp_path / "nowhere" / "cases.csv")
    with pytest.raises(CommandError, match="--to is before --from"):
        call_command("export_cases", "--out", out, "--from", "2026-02-01", "--to", "2026-01-01")


@pytest.mark.django_db
def test_no_address_of_a_person_is_in_a_file(as_user: AsUser, sam: User, anna: User) -> None:
    closed_by(anna)

    for what in ("cases", "labels"):
        text = sent(as_user(sam).post(f"{URL}?status=closed", {"what": what}))
        assert "@" not in text
        assert "carla" not in text
