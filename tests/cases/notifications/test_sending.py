"""Each medium against a real server on this machine: what arrives, and what happens if not."""

from __future__ import annotations

import hashlib
import hmac
import logging
import threading
import time
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from apprise.plugins import pagerduty
from apprise.plugins.slack import NotifySlack
from apprise.plugins.twilio import NotifyTwilio

from cases.notifications.addresses import Address, address_read
from cases.notifications.outcomes import NO_ANSWER, REJECTED, SENT, TIMED_OUT, UNUSABLE, Outcome
from cases.notifications.sending import send
from cases.notifications.words import Words
from tests.cases.notifications.certificates import self_signed
from tests.cases.notifications.http_sink import HttpSink, http_sink
from tests.cases.notifications.smtp_sink import SmtpSink
from tests.cases.notifications.test_addresses import PAGERDUTY, SLACK, SMS

WORDS = Words(
    title="Case 1a2b: time is over",
    text="Queue <!channel> & *payments*\nhttps://fraud.example.com/c/1",
    html="<p>Queue &lt;!channel&gt; &amp; *payments*</p>",
    severity=4,
    incident="1a2b",
    url="https://fraud.example.com/c/1",
    data={"kind": "sla_breached", "more": 0},
)


def sent(address: Address, words: Words = WORDS, **options: Any) -> Outcome:
    settings = {"delivery_id": "d-1", "is_private_allowed": True, "deadline_s": 2.0, **options}
    return send(address, words, **settings)


@pytest.fixture
def wires_lead_here(http: HttpSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have apprise's services talk to the sink instead of the companies' servers."""
    monkeypatch.setattr(NotifySlack, "webhook_url", f"{http.url}/services")
    monkeypatch.setattr(NotifyTwilio, "notify_sms_url", http.url + "/{sid}/Messages.json")
    monkeypatch.setitem(pagerduty.PAGERDUTY_API_LOOKUP, "us", f"{http.url}/v2/enqueue")


def test_a_webhook_gets_signed_json(http: HttpSink) -> None:
    secret = "a secret of some length"

    outcome = sent(address_read("webhook", f"{http.url}/in?key=1", secret))

    assert outcome == SENT
    (posted,) = http.requests
    assert posted.path == "/in?key=1"
    assert posted.json == {
        "title": WORDS.title,
        "text": WORDS.text,
        "kind": "sla_breached",
        "more": 0,
    }
    assert posted.headers["X-Fraudsite-Delivery"] == "d-1"
    assert posted.headers["Content-Type"] == "application/json"
    stamp, proof = posted.headers["X-Fraudsite-Signature"].split(",")
    signed = stamp.removeprefix("t=").encode() + b"." + posted.body
    assert proof == f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
    assert abs(time.time() - int(stamp.removeprefix("t="))) < 30


def test_a_webhook_without_a_secret_is_not_signed(http: HttpSink) -> None:
    assert sent(address_read("webhook", http.url)) == SENT

    assert "X-Fraudsite-Signature" not in http.requests[0].headers


@pytest.mark.parametrize("status", [400, 404, 410, 429, 500, 503])
def test_a_webhook_that_answers_with_an_error_was_not_sent(http: HttpSink, status: int) -> None:
    http.status = status

    outcome = sent(address_read("webhook", http.url))

    assert (outcome.is_sent, outcome.code) == (False, f"http_{status}")
    assert outcome.sentence.startswith(f"The server answered {status} ")


def test_a_redirect_is_not_followed(http: HttpSink) -> None:
    http.status, http.headers = 307, {"Location": f"{http.url}/elsewhere"}

    outcome = sent(address_read("webhook", f"{http.url}/first"))

    assert outcome.code == "http_307"
    assert [posted.path for posted in http.requests] == ["/first"]


@pytest.mark.parametrize("is_trickling", [True, False])
def test_a_server_that_is_slow_or_silent_holds_nobody_beyond_the_deadline(
    http: HttpSink, *, is_trickling: bool
) -> None:
    http.is_trickling, http.is_silent = is_trickling, not is_trickling
    started = time.monotonic()

    outcome = sent(address_read("webhook", http.url), deadline_s=0.5)

    assert outcome == TIMED_OUT
    assert time.monotonic() - started < 3


def test_a_port_nobody_listens_on_is_no_answer(closed_port: int) -> None:
    address = address_read("webhook", f"http://127.0.0.1:{closed_port}/")

    assert sent(address) == NO_ANSWER


def test_a_server_without_a_certificate_is_no_answer(http: HttpSink) -> None:
    address = address_read("webhook", http.url.replace("http://", "https://"))

    assert sent(address) == NO_ANSWER
    assert http.requests == []


@pytest.mark.parametrize(
    ("host", "is_trusted", "outcome"),
    [
        ("localhost", True, SENT),
        ("localhost", False, NO_ANSWER),
        ("other.example", True, NO_ANSWER),
    ],
)
def test_only_a_certificate_of_that_host_and_of_somebody_trusted_will_do(
    host: str,
    outcome: Outcome,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_trusted: bool,
) -> None:
    trusted, served = self_signed(tmp_path, host)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))

    with http_sink(served) as sink:
        address = address_read("webhook", f"https://localhost:{sink.port}/in")
        assert sent(address) == outcome

    assert len(sink.requests) == outcome.is_sent
    assert not sink.requests or sink.requests[0].headers["Host"] == f"localhost:{sink.port}"


def test_a_webhook_into_a_private_network_is_refused_before_anything_is_sent(
    http: HttpSink,
) -> None:
    outcome = sent(address_read("webhook", http.url), is_private_allowed=False)

    assert outcome.code == "host_refused"
    assert "NOTIFICATIONS_ALLOW_PRIVATE_ADDRESSES" in outcome.sentence
    assert http.requests == []


@pytest.mark.usefixtures("wires_lead_here")
def test_slack_gets_text_in_which_nothing_is_markup(http: HttpSink) -> None:
    http.answer = b"ok"

    outcome = sent(address_read("slack", SLACK))

    assert outcome == SENT
    (posted,) = http.requests
    assert posted.path == "/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"
    written = str(posted.json)
    assert "&lt;!channel&gt; &amp; *payments*" in written
    assert "<!channel>" not in written
    assert WORDS.title in written


@pytest.mark.usefixtures("wires_lead_here")
def test_a_text_message_goes_to_each_number(http: HttpSink) -> None:
    http.status = 201
    words = replace(WORDS, title="", text="Case 1a2b: time is over")

    outcome = sent(address_read("sms", f"{SMS}/+15005550010"), words, deadline_s=5.0)

    assert outcome == SENT
    bodies = [parse_qs(posted.body.decode()) for posted in http.requests]
    assert [body["To"] for body in bodies] == [["+15005550009"], ["+15005550010"]]
    assert {body["Body"][0] for body in bodies} == {"Case 1a2b: time is over"}
    sid, _, token = (
        b64decode(http.requests[0].headers["Authorization"].removeprefix("Basic "))
        .decode()
        .partition(":")
    )
    assert (sid, token) == ("AC" + "a" * 32, "b" * 28 + "c0de")


@pytest.mark.parametrize(
    ("severity", "word"), [(1, "info"), (2, "info"), (3, "warning"), (4, "critical")]
)
@pytest.mark.usefixtures("wires_lead_here")
def test_pagerduty_gets_one_incident_a_case(http: HttpSink, severity: int, word: str) -> None:
    http.status = 202
    words = replace(WORDS, severity=severity, text="Case 1a2b: time is over", title="")

    assert sent(address_read("pagerduty", PAGERDUTY), words) == SENT

    posted = http.requests[0].json
    assert posted["routing_key"] == "1" * 28 + "f00d"
    assert posted["dedup_key"] == "1a2b"
    assert posted["links"] == [{"href": "https://fraud.example.com/c/1"}]
    assert posted["payload"]["summary"] == "Case 1a2b: time is over"
    assert posted["payload"]["severity"] == word


@pytest.mark.parametrize(
    ("kind", "text"), [("slack", SLACK), ("sms", SMS), ("pagerduty", PAGERDUTY)]
)
@pytest.mark.usefixtures("wires_lead_here")
def test_a_company_that_answers_with_an_error_is_quoted_by_its_status(
    http: HttpSink, kind: str, text: str
) -> None:
    http.status = 403

    assert sent(address_read(kind, text)).sentence == "The server answered 403 Forbidden."


@pytest.mark.usefixtures("wires_lead_here")
def test_a_company_that_answers_slowly_is_left_alone_at_the_deadline(http: HttpSink) -> None:
    http.is_trickling = True
    started = time.monotonic()

    assert sent(address_read("slack", SLACK), deadline_s=0.5) == TIMED_OUT

    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("kind", "text"),
    [("slack", "slack://T1/B1"), ("sms", "twilio://x:y@z"), ("pagerduty", "pagerduty://only")],
)
def test_an_address_that_apprise_makes_nothing_of_is_unusable(kind: str, text: str) -> None:
    assert sent(address_read(kind, text)) == UNUSABLE


def test_mail_through_the_site_reaches_each_address_alone(site_mail: SmtpSink) -> None:
    outcome = sent(address_read("email", "ada@example.com, bob@example.org"))

    assert outcome == SENT
    assert [one.recipients for one in site_mail.received] == [
        ("ada@example.com",),
        ("bob@example.org",),
    ]
    mail = site_mail.received[0].mail
    assert (mail["Subject"], mail["To"]) == (WORDS.title, "ada@example.com")
    assert mail["References"] == "<case-1a2b@fraudsite.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain.get_content().splitlines() == WORDS.text.splitlines()
    assert html.get_content().splitlines() == [WORDS.html]


def test_mail_through_a_server_of_its_own(smtp: SmtpSink) -> None:
    address = f"mailto://127.0.0.1:{smtp.port}?from=fraud@example.com&to=ada@example.com"

    assert sent(address_read("email", address)) == SENT

    (received,) = smtp.received
    assert (received.sender, received.recipients) == ("fraud@example.com", ("ada@example.com",))
    assert received.mail["Subject"] == WORDS.title
    body = received.mail.get_body(("plain",))
    assert body.get_content().splitlines() == WORDS.text.splitlines()


def test_a_mail_server_in_a_private_network_is_refused(smtp: SmtpSink) -> None:
    address = f"mailto://127.0.0.1:{smtp.port}?from=fraud@example.com&to=ada@example.com"

    assert sent(address_read("email", address), is_private_allowed=False).code == "host_refused"

    assert smtp.sessions == 0


def test_an_address_the_mail_server_does_not_know_is_rejected(site_mail: SmtpSink) -> None:
    site_mail.refused = {"ada@example.com"}

    assert sent(address_read("email", "ada@example.com")) == REJECTED


def test_a_mail_server_that_turns_everybody_away_is_no_answer(site_mail: SmtpSink) -> None:
    site_mail.greeting = 554

    assert sent(address_read("email", "ada@example.com")) == NO_ANSWER


def test_a_silent_mail_server_holds_nobody_beyond_the_deadline(site_mail: SmtpSink) -> None:
    site_mail.is_silent = True
    started = time.monotonic()

    assert sent(address_read("email", "ada@example.com"), deadline_s=0.5) == TIMED_OUT

    assert time.monotonic() - started < 3


@pytest.mark.usefixtures("wires_lead_here")
def test_servers_that_never_finish_keep_no_other_message_from_being_sent(http: HttpSink) -> None:
    http.is_trickling = True
    for _ in range(8):
        assert sent(address_read("slack", SLACK), deadline_s=0.3) == TIMED_OUT

    http.is_trickling = False

    assert sent(address_read("slack", SLACK)) == SENT


def test_a_webhook_that_never_finishes_leaves_no_thread_behind(http: HttpSink) -> None:
    http.is_trickling = True
    for _ in range(3):
        assert sent(address_read("webhook", http.url), deadline_s=0.2) == TIMED_OUT

    waiting = [thread for thread in threading.enumerate() if thread.name == "notification"]
    for thread in waiting:
        thread.join(timeout=2)
    assert not any(thread.is_alive() for thread in waiting)


@pytest.mark.usefixtures("wires_lead_here")
def test_no_log_holds_an_address_even_when_everything_is_logged(http: HttpSink) -> None:
    lines: list[str] = []

    class Everything(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    root, handler = logging.getLogger(), Everything()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        for status in (200, 500):
            http.status = status
            sent(address_read("slack", SLACK))
            sent(address_read("sms", SMS))
            sent(address_read("pagerduty", PAGERDUTY))
            sent(address_read("webhook", f"{http.url}/hidden-path", "hidden-secret-0123"))
        sent(address_read("slack", "slack://TIiajkdnlazkcOXrIdevi7/B1"))
        logging.getLogger("tests").debug("everything is logged")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    assert "everything is logged" in lines
    said = "\n".join(lines)
    for secret in ("TIiajkdnlazkcOXrIdevi7", "c0de", "f00d", "hidden"):
        assert secret not in said
