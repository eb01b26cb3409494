"""The embedded servers, as real processes in a folder of their own."""

from __future__ import annotations

import os
import pwd
import signal
import stat
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg2
import pytest
import redis

from fraudsite.environment import CHECKOUT
from fraudsite.local.servers import needs_servers
from fraudsite.local.service_account import ACCOUNT_NAME, private_folder_of

pytestmark = pytest.mark.slow  # starts its own PostgreSQL and Valkey several times: 10 s

HOLD = """
    import sys
    from fraudsite.local.servers import leased_servers
    import os
    with leased_servers():
        print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"], flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("var")
    # As root the servers run as another account, which must be able to get there.
    for parent in (folder, *folder.parents[:2]):
        if parent.owner() == folder.owner() and "pytest" in str(parent):
            parent.chmod(0o755)
    return folder


def hold(var: Path) -> tuple[subprocess.Popen[str], str, str]:
    """Start a process that needs the servers until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD)],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "FRAUDSITE_VAR": str(var)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    while line and not line.startswith("postgresql://"):
        line = process.stdout.readline()
    database_url, redis_url = line.split()
    return process, database_url, redis_url


def end(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=60)


def answers(database_url: str, redis_url: str) -> tuple[bool, bool]:
    try:
        psycopg2.connect(database_url, connect_timeout=3).close()
        has_database = True
    except psycopg2.OperationalError:
        has_database = False
    try:
        has_broker = bool(redis.Redis.from_url(redis_url).ping())
    except redis.RedisError:
        has_broker = False
    return has_database, has_broker


def test_the_last_user_stops_the_servers_and_nobody_before(var: Path) -> None:
    first, database_url, redis_url = hold(var)
    second, same_database, same_redis = hold(var)

    assert (same_database, same_redis) == (database_url, redis_url)
    end(first)
    assert answers(database_url, redis_url) == (True, True)
    end(second)
    assert answers(database_url, redis_url) == (False, False)


def test_a_killed_user_does_not_keep_the_servers_running_for_ever(var: Path) -> None:
    killed, database_url, redis_url = hold(var)
    killed.send_signal(signal.SIGKILL)
    killed.wait(timeout=10)

    after, same_database, _ = hold(var)

    assert same_database == database_url
    end(after)
    assert answers(database_url, redis_url) == (False, False)


def test_data_survives_a_restart(var: Path) -> None:
    process, database_url, redis_url = hold(var)
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (word text)")
        cursor.execute("INSERT INTO kept VALUES ('here')")
    connection.close()
    redis.Redis.from_url(redis_url).set("kept", "here")
    end(process)

    process, database_url, redis_url = hold(var)

    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchone() == ("here",)
    connection.close()
    assert redis.Redis.from_url(redis_url).get("kept") == b"here"
    end(process)


def test_neither_server_can_be_used_without_its_password(var: Path) -> None:
    process, database_url, redis_url = hold(var)
    port = redis_url.rsplit(":", 1)[1].split("/")[0]

    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(database_url.replace("fraudsite:", "fraudsite:wrong"), connect_timeout=3)
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=int(port)).ping()
    end(process)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["read_document", "a.jpg", "--json"], False),
        (["compare_faces", "a.jpg", "b.jpg"], False),
        (["check_liveness", "a.webm"], False),
        (["migrate"], True),
        (["load_demo", "--help"], False),
        ([], False),
    ],
)
def test_only_commands_that_need_a_database_start_one(words: list[str], expected: bool) -> None:
    assert needs_servers(["manage.py", *words]) is expected


def test_two_checkouts_may_start_at_the_same_moment(
    tmp_path_factory: pytest.TempPathFactory, var: Path
) -> None:
    other = tmp_path_factory.mktemp("other")
    other.chmod(0o755)
    with ThreadPoolExecutor(2) as pool:
        (first, *one), (second, *two) = pool.map(hold, (var, other))

    assert answers(*one) == answers(*two) == (True, True)
    assert one != two
    end(first)
    end(second)


def test_no_value_of_a_failing_statement_reaches_the_log(var: Path) -> None:
    process, database_url, _ = hold(var)
    insert = "INSERT INTO customer VALUES ('ada.lovelace@example.org')"
    with psycopg2.connect(database_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE customer (email text PRIMARY KEY)")
        cursor.execute(insert)
    with (
        pytest.raises(psycopg2.errors.UniqueViolation, match="ada"),
        connection.cursor() as cursor,
    ):
        cursor.execute(insert)
    connection.close()
    end(process)

    log = (var / "servers" / "logs" / "postgres.log").read_text()

    assert 'duplicate key value violates unique constraint "customer_pkey"' in log
    assert "ada.lovelace" not in log


@pytest.mark.skipif(os.geteuid() != 0, reason="only root uses the service account")
def test_below_a_private_home_everything_lives_in_a_folder_of_the_accounts_own(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    private = tmp_path_factory.mktemp("home")
    private.chmod(0o700)
    var = private / "var"
    var.mkdir()
    home = private_folder_of(var)

    process, database_url, redis_url = hold(var)
    found = home.stat()
    answered = answers(database_url, redis_url)
    end(process)

    account = pwd.getpwnam(ACCOUNT_NAME)
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (account.pw_uid, 0o700)
    assert answered == (True, True)
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    assert not (var / "servers").exists()
    cleaned = subprocess.run(
        [sys.executable, "-m", "fraudsite.local.clean_data"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": "", "REDIS_URL": "", "FRAUDSITE_VAR": str(var)},
        check=True,
        capture_output=True,
    )
    assert cleaned.returncode == 0
    assert not home.exists()
