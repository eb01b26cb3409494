"""Time searches of a large watchlist, and measure what they find of names written otherwise.

    .venv/bin/python -m bench.screening --names 1000000 --searches 100 --altered 200

Generates that many people (see `kyc.screening.simulation`), imports them as a list and searches.
Servers and data are its own, in a folder below var/, and go again; a million names take some six
minutes, half of it to import. Prints one JSON object.

- `search_ms`: one search from name to explained hits, as a verification makes it: the day of birth
  is known, and of the listed the year. Of three tries each the quickest, since what else the
  machine does at the time is no part of it: `clock`, and `cpu`, the processor time that this
  process and its database session took, which other work changes little. `first` are the first
  tries alone, by the clock.
- `candidates`: entries that one search compares in full.
- `search_without_birth_ms`: the same where nothing but the name is known.
- `recall`: of people on the list whose name is altered in one way, the share that is among the
  candidates, and the share that is a hit.
- `false_hits`: people who are not on the list, with a day of birth of their own.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import numpy as np

from bench.cases import _own_folder
from fraudsite.environment import load_environment
from fraudsite.local.servers import leased_servers

if TYPE_CHECKING:
    from kyc.screening.scoring import ScreenedPerson

TRIES = 3
FIRST_BIRTH = date(1940, 1, 1)
DAYS_OF_BIRTH = 60 * 365


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Time and test searches of a watchlist.")
    parser.add_argument("--names", type=int, default=100_000)
    parser.add_argument("--searches", type=int, default=100)
    parser.add_argument("--altered", type=int, default=200, help="people for each alteration")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    load_environment()
    with ExitStack() as stack:
        stack.enter_context(_own_folder())
        stack.enter_context(leased_servers())
        django.setup()
        print(json.dumps({"screening": measure(options)}, indent=1))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Return the figures; a list of these people stays behind."""
    # Django's apps must be set up before these can be imported.
    from django.core.management import call_command  # noqa: PLC0415

    from kyc.screening.scoring import ScreenedPerson  # noqa: PLC0415
    from kyc.screening.simulation import NameSource  # noqa: PLC0415

    call_command("migrate", interactive=False, verbosity=0)
    began = time.monotonic()
    rng = np.random.default_rng(options.seed)
    source = NameSource(rng)
    people = source.draw(options.names)
    births = _births(rng, options.names)
    import_s = _import(people, births)
    picked = [int(index) for index in rng.choice(options.names, options.searches)]
    known = [ScreenedPerson(str(people[index]), births[index]) for index in picked]
    return {
        "names": options.names,
        "seed": options.seed,
        "import_s": round(import_s, 1),
        "search_ms": _search_ms(known),
        "candidates": _compared(known),
        "search_without_birth_ms": _search_ms([ScreenedPerson(one.name) for one in known]),
        "recall": _recall(people, births, rng, options.altered),
        "false_hits": _false_hits(source, rng, options.altered),
        "took_s": round(time.monotonic() - began),
    }


def _births(rng: np.random.Generator, count: int) -> list[date]:
    return [
        FIRST_BIRTH + timedelta(days=int(days)) for days in rng.integers(DAYS_OF_BIRTH, size=count)
    ]


def _import(people: Sequence[object], births: Sequence[date]) -> float:
    from kyc.services.watchlist_import import ImportOrder, watchlist_import  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "bench.csv"
        with file.open("w", newline="") as text:
            rows = csv.writer(text)
            rows.writerow(["id", "name", "birth_dates"])
            rows.writerows(
                [index, person, born.year]
                for index, (person, born) in enumerate(zip(people, births, strict=True))
            )
        report = watchlist_import(ImportOrder(file=file, format="csv", name="bench"))
    assert not report.refusal, report.refusal
    return report.duration_s


def _search_ms(people: Sequence[ScreenedPerson]) -> dict[str, Any]:
    from kyc.services.watchlist_search import people_search  # noqa: PLC0415

    people_search(people[:1])
    tried = [
        [_timed_ms(partial(people_search, [person])) for _ in range(TRIES)] for person in people
    ]
    return {
        "count": len(tried),
        "cpu": _spread([min(cpu_ms for _, cpu_ms in times) for times in tried]),
        "clock": _spread([min(clock_ms for clock_ms, _ in times) for times in tried]),
        "first": _spread([times[0][0] for times in tried]),
    }


def _compared(people: Sequence[ScreenedPerson]) -> dict[str, float]:
    return _spread([float(len(_candidates(person))) for person in people])


def _candidates(person: ScreenedPerson) -> Sequence[Any]:
    from kyc.services.watchlist_search import POLICY, candidates  # noqa: PLC0415

    return candidates(person.name, born_in=POLICY.years_of_hits(person.birth_date))


def _spread(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[int(0.95 * len(ordered))], 1),
        "max": round(ordered[-1], 1),
    }


def _cpu_ms() -> float:
    """Return the processor time of this process and of its database session so far."""
    # Nanoseconds on a processor: the first number (Linux, Documentation/scheduler/sched-stats).
    backend_ns = Path(f"/proc/{_backend_pid()}/schedstat").read_text().split()[0]
    return 1000 * time.process_time() + int(backend_ns) / 1e6


@cache
def _backend_pid() -> int:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _timed_ms(act: Callable[[], object]) -> tuple[float, float]:
    """Return how long it took by the clock, and of processors."""
    cpu_ms, started = _cpu_ms(), time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - started), _cpu_ms() - cpu_ms


def _recall(
    people: Sequence[Any], births: Sequence[date], rng: np.random.Generator, count: int
) -> dict[str, dict[str, Any]]:
    from kyc.screening.simulation import PERTURBATIONS  # noqa: PLC0415

    found = {}
    for name, alter in PERTURBATIONS.items():
        picked = [int(index) for index in rng.choice(len(people), count)]
        outcomes = [
            _found(alter(people[index], rng), births[index], str(index)) for index in picked
        ]
        found[name] = {
            "people": count,
            "candidates": sum(is_candidate for is_candidate, _ in outcomes),
            "hits": sum(is_hit for _, is_hit in outcomes),
        }
    return found


def _found(name: str, born: date, external_id: str) -> tuple[bool, bool]:
    """Return whether the person is among the candidates, and whether they are a hit."""
    from kyc.screening.scoring import ScreenedPerson, match  # noqa: PLC0415

    person = ScreenedPerson(name, born)
    for candidate in _candidates(person):
        if candidate.entry.external_id == external_id:
            return True, match(person, candidate.entry).is_hit
    return False, False


def _false_hits(source: Any, rng: np.random.Generator, count: int) -> dict[str, int]:
    from kyc.screening.scoring import ScreenedPerson  # noqa: PLC0415
    from kyc.services.watchlist_search import people_search  # noqa: PLC0415

    strangers = zip(source.draw(count), _births(rng, count), strict=True)
    raised = [len(people_search([ScreenedPerson(str(name), born)])) for name, born in strangers]
    return {"people": count, "raised": sum(map(bool, raised)), "hits": sum(raised)}


if __name__ == "__main__":
    main()
