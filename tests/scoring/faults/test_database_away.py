"""Without its database the site says so in the form of every error, and when to come back."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from fraudsite.core.api.key_text import new_key_text
from fraudsite.local.ports import free_port
from tests.scoring.faults.site import BATCH_URL, URL, a_payment
from tests.web_process import Caller, Web, start_web

pytestmark = pytest.mark.slow  # a gunicorn of its own starts, about 6 s


@pytest.fixture(scope="module")
def lonely_web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The product, told of a database where none is."""
    log = tmp_path_factory.mktemp("lonely") / "gunicorn.log"
    nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/nothing"
    web = start_web(log, "--workers=1", DATABASE_URL=nowhere)
    yield web
    web.stop()


@pytest.fixture
def caller(lonely_web: Web) -> Iterator[Caller]:
    key = new_key_text(is_live=True).text
    caller = lonely_web.caller({"Authorization": f"Bearer {key}"})
    yield caller
    caller.close()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (URL, a_payment()),
        (BATCH_URL, {"transactions": [a_payment()]}),
        (f"{URL}{uuid.uuid4()}/labels/", {"is_fraud": True}),
        (URL, None),
        (f"{URL}{uuid.uuid4()}/", None),
    ],
    ids=["score", "batch", "label", "list", "read"],
)
def test_every_endpoint_says_when_to_come_back(caller: Caller, path: str, body: Any) -> None:
    answer = caller.get(path) if body is None else caller.post(path, body)

    assert answer.status == 503
    assert answer.body.keys() == {"code", "message", "field", "request_id"}
    assert answer.body["code"] == "unavailable"
    assert answer.headers["Retry-After"] == "5"


def test_the_process_lives_and_says_what_is_missing(caller: Caller) -> None:
    assert caller.get("/health").status == 200
    answer = caller.get("/readyz")
    assert answer.status == 503
    assert "database" in answer.body["failed"]
