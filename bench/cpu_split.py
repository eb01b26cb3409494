"""Who takes the processors: the site's parts, its servers, and the one that loads them."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import psutil
import redis
from django.conf import settings
from django.db import connection


@dataclass(frozen=True, slots=True)
class Parties:
    """The process ids at whose trees the parts hang."""

    site: int
    postgres: int
    valkey: int

    def cpu_s(self) -> dict[str, float]:
        """Return the processor time of each part so far."""
        postgres, valkey = _tree(self.postgres), _tree(self.valkey)
        # The servers may hang below the site that started them.
        below = _tree(self.site) - postgres - valkey
        web = {process for process in below if "gunicorn" in " ".join(_words(process))}
        return {
            "web": _sum(web),
            "workers and scheduler": _sum(below - web),
            "postgres": _sum(postgres),
            "valkey": _sum(valkey),
        }


def find_parties(site_pid: int) -> Parties:
    """Return the parts of a running site, by asking the servers who they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    assert urlsplit(settings.REDIS_URL).scheme in {"redis", "unix"}
    server = redis.Redis.from_url(settings.REDIS_URL).info("server")
    return Parties(site_pid, psutil.Process(backend).ppid(), int(server["process_id"]))


def spent(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    """Return the time each part took in between."""
    return {name: round(after[name] - before[name], 2) for name in after}


def _words(process: psutil.Process) -> list[str]:
    with suppress(psutil.Error):
        return list(process.cmdline())
    return []


def _tree(pid: int) -> set[psutil.Process]:
    parent = psutil.Process(pid)
    return {parent, *parent.children(recursive=True)}


def _sum(processes: Iterable[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        # Of one that ended in between the parent knows the time.
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total
