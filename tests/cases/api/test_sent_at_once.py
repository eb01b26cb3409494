"""The same request several times at the same moment, in connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from cases.models import Note
from fraudsite.core.models import AuditEntry, User
from tests.cases.raised import a_case

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 5


def test_one_of_equal_requests_is_carried_out_and_all_get_its_answer(
    key_of: Callable[..., Client], anna: User
) -> None:
    case, api = a_case(), key_of(anna)
    barrier = Barrier(AT_ONCE)

    def send(_: int) -> Any:
        barrier.wait(timeout=10)
        try:
            return Client(headers={"authorization": api.defaults["HTTP_AUTHORIZATION"]}).post(
                f"/api/v1/cases/{case.pk}/comments/",
                {"text": "Once."},
                content_type="application/json",
                headers={"Idempotency-Key": "k-1"},
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(send, range(AT_ONCE)))

    assert [answer.status_code for answer in answers] == [201] * AT_ONCE
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer for answer in answers) == AT_ONCE - 1
    assert Note.objects.count() == 1
    assert AuditEntry.objects.filter(action="case.api_commented").count() == 1
