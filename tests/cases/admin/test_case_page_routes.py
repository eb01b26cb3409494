"""Every address of a case's page, for everybody who may not use it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.admin.case_acts import ACTS
from cases.models import Case, QueueMember
from cases.services.attachments import attachment_add
from fraudsite.core.choices import Role
from fraudsite.core.models import StatusChange, User
from tests.cases.raised import a_case, a_verification_case

pytestmark = pytest.mark.django_db
NAMES = ("change", "reveal", "attachment", *ACTS)
FORM = {"reason": "I want to.", "text": "A note.", "label": "inconclusive"}


@pytest.fixture
def case(ben: User) -> Case:
    """A case in a queue that only Ben works."""
    made = a_case()
    QueueMember.objects.create(queue=made.queue, user=ben)
    return made


def address_of(case: Case, name: str, author: User) -> str:
    if name != "attachment":
        return reverse(f"admin:cases_case_{name}", args=[case.pk])
    upload = SimpleUploadedFile("a.txt", b"text")
    file = attachment_add(case_id=case.pk, seen=None, name="a.txt", data=upload.read(), user=author)
    return reverse("admin:cases_case_attachment", args=[file.pk])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("role", "status"), [(None, 302), (Role.CUSTOMER, 302), (Role.ANALYST, 404)]
)
def test_no_address_opens_for_strangers_and_other_queues(
    name: str,
    role: str | None,
    status: int,
    case: Case,
    ben: User,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("eve@example.com", role)) if role else Client()
    address = address_of(case, name, ben)
    before = StatusChange.objects.count()
    version = Case.objects.get(pk=case.pk).version

    answers = [client.get(address), client.post(address, {"seen": version, **FORM})]

    assert [answer.status_code for answer in answers] == [status, status]
    assert all("login" in answer["Location"] for answer in answers if status == 302)
    assert StatusChange.objects.count() == before
    assert Case.objects.get(pk=case.pk).version == version


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_auditor_looks_and_does_nothing(
    name: str,
    ben: User,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    case = a_verification_case()
    client = as_user(make_user("ida@example.com", Role.AUDITOR))

    answer = client.post(
        reverse(f"admin:cases_case_{name}", args=[case.pk]), {"seen": case.version, **FORM}
    )

    assert answer.status_code == 422
    assert Case.objects.get(pk=case.pk).version == case.version
