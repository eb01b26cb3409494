"""`manage.py simulate_transactions`: against the site itself, and against a server that misbehaves.

The site cannot be made to answer 503 twice and then think better of it, so that part runs against a
small HTTP server of the test's own, over real connections.
"""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from fraudsite.core.actors import Actor
from fraudsite.core.models import Workspace
from fraudsite.core.services.api_keys import api_key_create
from transactions.models import Transaction
from transactions.traffic import TransactionPoster, live_requests, poster, send_traffic
from transactions.traffic.poster import TrafficRefused
from transactions.traffic.sender import threads_for

KEY = "fsk_test_abc_def"
Reply = tuple[int, dict[str, object], dict[str, str]]
JUDGED: Reply = (201, {"decision": "approve"}, {})
BUSY: Reply = (503, {"code": "unavailable", "message": "Try again."}, {"Retry-After": "0"})


class Site:
    """Answers what the test says, by the place of the request, and keeps what it got."""

    def __init__(self, reply: Callable[[int], Reply]) -> None:
        self.got: list[tuple[dict[str, str], dict[str, object]]] = []
        lock, site = threading.Lock(), self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with lock:
                    place = len(site.got)
                    site.got.append((dict(self.headers), body | {"path": self.path}))
                status, answer, headers = reply(place)
                text = json.dumps(answer).encode()
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[int], Reply]], Site]]:
    sites: list[Site] = []

    def make(reply: Callable[[int], Reply]) -> Site:
        sites.append(Site(reply))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def simulate(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, object]]:
    def run(url: str, *options: str, key: str = KEY) -> dict[str, object]:
        monkeypatch.setenv("FRAUDSITE_API_KEY", key)
        out = io.StringIO()
        call_command("simulate_transactions", f"--url={url}", "--json", *options, stdout=out)
        return json.loads(out.getvalue())

    return run


@pytest.mark.django_db(transaction=True)
def test_the_site_judges_what_is_sent(
    live_server: object, simulate: Callable[..., dict[str, object]]
) -> None:
    live = Workspace.objects.live()
    created = api_key_create(
        name="traffic",
        scopes=["transactions:write"],
        workspace=live,
        actor=Actor.system("test"),
    )

    report = simulate(live_server.url, "--rate=10", "--seconds=1", key=created.text)

    assert (report["sent"], report["judged"], report["problems"]) == (10, 10, {})
    assert sum(report["decisions"].values()) == 10
    assert Transaction.objects.filter(decision__isnull=False).count() == 10
    newest = Transaction.objects.order_by("-occurred_at")[0]
    assert datetime.now(UTC) - newest.occurred_at < timedelta(minutes=1)

    again = simulate(live_server.url, "--rate=10", "--seconds=0.3", key=created.text)
    assert again["judged"] == 3
    assert Transaction.objects.count() == 13

    with pytest.raises(CommandError, match="refused the API key"):
        simulate(live_server.url, key=created.text[:-1] + "x")
    assert Transaction.objects.count() == 13


def test_requests_carry_the_key_new_ids_and_the_time(
    serve: Callable[..., Site], simulate: Callable[..., dict[str, object]]
) -> None:
    site = serve(lambda _: JUDGED)
    begun = datetime.now(UTC)

    simulate(site.url, "--rate=50", "--seconds=0.2")

    assert len(site.got) == 10
    for headers, body in site.got:
        assert headers["Authorization"] == f"Bearer {KEY}"
        assert body["path"] == "/api/v1/transactions/"
        assert begun <= datetime.fromisoformat(str(body["timestamp"])) <= datetime.now(UTC)
    assert len({headers["Idempotency-Key"] for headers, _ in site.got}) == 10
    assert len({body["transaction_id"] for _, body in site.got}) == 10


def test_a_busy_site_is_asked_again_with_the_same_key_and_body(
    serve: Callable[..., Site], simulate: Callable[..., dict[str, object]]
) -> None:
    site = serve(lambda place: BUSY if place in {0, 1} else JUDGED)

    report = simulate(site.url, "--rate=20", "--seconds=0.1")

    assert (report["sent"], report["judged"], report["retried"]) == (2, 2, 1)
    first, second, third = site.got[:3]
    assert first[0]["Idempotency-Key"] == second[0]["Idempotency-Key"]
    assert first[0]["Idempotency-Key"] == third[0]["Idempotency-Key"]
    assert first[1] == second[1] == third[1]


def test_a_site_that_stays_busy_is_given_up_and_told(
    serve: Callable[..., Site], simulate: Callable[..., dict[str, object]]
) -> None:
    site = serve(lambda _: BUSY)

    with pytest.raises(SystemExit) as ended:
        simulate(site.url, "--rate=10", "--seconds=0.1")

    assert ended.value.code == 1
    assert len(site.got) == poster.MAX_TRIES


def test_refusals_are_counted_by_their_code_and_nothing_stops(
    serve: Callable[..., Site], simulate: Callable[..., dict[str, object]]
) -> None:
    refused: Reply = (400, {"code": "card_number_refused", "message": "…"}, {})
    site = serve(lambda place: refused if place == 1 else JUDGED)

    report = simulate(site.url, "--rate=20", "--seconds=0.2")

    assert report["decisions"] == {"approve": 3}
    assert report["problems"] == {"card_number_refused": 1}


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (
            (401, {"code": "invalid_api_key", "message": "The key was revoked."}, {}),
            "refused the API key: The key was revoked.",
        ),
        ((403, {"code": "permission_denied", "message": "No scope."}, {}), "key: No scope."),
        ((404, {}, {}), "/api/v1/transactions/ is no API for transactions."),
        ((302, {}, {"Location": "/"}), "is no API for transactions."),
        ((200, {"hello": "world"}, {}), "is no API for transactions."),
    ],
)
@pytest.mark.parametrize("place", [0, 2])
def test_a_refused_key_stops_it_with_one_sentence_at_once_or_later(
    serve: Callable[..., Site],
    simulate: Callable[..., dict[str, object]],
    reply: Reply,
    sentence: str,
    place: int,
) -> None:
    site = serve(lambda at: reply if at == place else JUDGED)

    with pytest.raises(CommandError) as error:
        simulate(site.url, "--rate=50", "--seconds=60")

    assert sentence in str(error.value)
    assert KEY not in str(error.value)
    assert error.value.returncode == 1


def test_nobody_there_is_one_sentence(simulate: Callable[..., dict[str, object]]) -> None:
    for url in ("http://127.0.0.1:1", "ftp://127.0.0.1", "http://[", "127.0.0.1:8000"):
        with pytest.raises(CommandError) as error:
            simulate(url)
        assert str(error.value).count(".") >= 1
        assert "\n" not in str(error.value)


def test_the_rate_is_kept_by_several_threads_when_answers_are_slow(
    serve: Callable[..., Site],
) -> None:
    def slowly(_: int) -> Reply:
        time.sleep(0.15)
        return JUDGED

    site, stop = serve(slowly), threading.Event()
    sender = TransactionPoster(site.url, KEY, stop)

    report = send_traffic(sender, live_requests(1), rate=40, seconds=1, stop=stop)
    sender.close()

    # One thread would need six seconds for these.
    assert report.judged == 40
    assert 1.0 <= report.seconds < 3.0
    assert report.p50_ms >= 150


def test_without_end_it_goes_on_until_it_is_stopped(serve: Callable[..., Site]) -> None:
    stop = threading.Event()

    def ending(place: int) -> Reply:
        if place == 9:
            stop.set()
        return JUDGED

    site = serve(ending)
    sender = TransactionPoster(site.url, KEY, stop)

    report = send_traffic(sender, live_requests(1), rate=200, seconds=0, stop=stop)
    sender.close()

    # What the threads had under way is waited for.
    assert 10 <= report.sent <= 10 + threads_for(200)


def test_a_site_that_goes_away_later_is_waited_for(serve: Callable[..., Site]) -> None:
    site, stop = serve(lambda _: JUDGED), threading.Event()
    sender = TransactionPoster(site.url, KEY, stop)
    requests = live_requests(1)
    assert sender.post(next(requests)).decision == "approve"
    sender.close()
    site.close()

    away = TransactionPoster(site.url, KEY, stop)
    with pytest.raises(TrafficRefused, match="No site answers"):
        away.post(next(requests))
    away._is_known = True
    threading.Timer(0.3, stop.set).start()
    assert away.post(next(requests)).problem == "unanswered"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--rate=0"], "--rate lies above 0"),
        (["--rate=nan"], "--rate lies above 0"),
        (["--seconds=-1"], "--seconds is not negative"),
        (["--seconds=inf"], "--seconds is not negative"),
        (["--seed=-1"], "--seed is not negative"),
        (["--key-env=NO_SUCH_NAME"], r"\$NO_SUCH_NAME holds no API key"),
        (["--key-file=/no/such/file"], "cannot be read"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_sent(
    simulate: Callable[..., dict[str, object]], options: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        simulate("http://127.0.0.1:1", *options)


def test_the_key_may_come_from_a_file(
    serve: Callable[..., Site], simulate: Callable[..., dict[str, object]], tmp_path: Path
) -> None:
    site = serve(lambda _: JUDGED)
    (tmp_path / "key").write_text(f"{KEY}\n")

    simulate(site.url, "--seconds=0.1", f"--key-file={tmp_path / 'key'}", key="")

    assert site.got[0][0]["Authorization"] == f"Bearer {KEY}"
