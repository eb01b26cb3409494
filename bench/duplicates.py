r"""Time the search for duplicates among many approved customers.

    .venv/bin/python -m bench.duplicates [--customers 100000]

Servers and data are its own, in a folder below var/, and go again. Every customer has a data key,
a consent, an approved verification, a sealed face and a document's fingerprint. Prints one JSON
object: the first search of a process, which opens every face; further ones; the one after a
customer was erased; and the documents.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import django

from bench.cases import _own_folder
from fraudsite.environment import load_environment
from fraudsite.local.servers import leased_servers

SEARCHES = 30


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description="Time the search for duplicates.")
    parser.add_argument("--customers", type=int, default=100_000)
    options = parser.parse_args()
    load_environment()
    with ExitStack() as stack:
        stack.enter_context(_own_folder())
        stack.enter_context(leased_servers())
        django.setup()
        print(json.dumps({"duplicates": _measured(options.customers)}, indent=1))


def _measured(customers: int) -> dict[str, Any]:
    # Django's apps must be set up before these can be imported.
    from bench.duplicates_fill import customers_fill, face_new  # noqa: PLC0415
    from fraudsite.core.actors import Actor  # noqa: PLC0415
    from fraudsite.core.services.data_keys import data_key_destroy  # noqa: PLC0415
    from kyc.services import document_fingerprints as documents  # noqa: PLC0415
    from kyc.services import face_gallery, face_standing  # noqa: PLC0415

    newcomer, shelf, embedding, shown = customers_fill(customers)
    actor = Actor.system("bench")

    def search() -> None:
        face_gallery.faces_nearest(shelf, embedding, passed_over=(), limit=10)

    def search_after_news() -> float:
        face_new(shelf, embedding)
        return _timed(search)

    def search_after_erasure() -> float:
        erased = face_standing.searchable(shelf.workspace_id).select_related("data_key")[0]
        data_key_destroy(data_key=erased.data_key, actor=actor)
        return _timed(search)

    return {
        "customers": customers,
        "first_search_ms": _first(search),
        "search_ms": _spread(lambda: _timed(search)),
        "of_which_asking_ms": _spread(
            lambda: _timed(lambda: face_standing.standing_read(shelf.workspace_id))
        ),
        "search_after_a_new_face_ms": _spread(search_after_news),
        "search_after_an_erasure_ms": _spread(search_after_erasure),
        "documents_ms": _spread(
            lambda: _timed(lambda: documents.fingerprint_record(newcomer, shown))
        ),
    }


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return round(1000 * (time.perf_counter() - started), 1)


def _first(call: Callable[[], Any]) -> dict[str, float]:
    """Return wall and processor time of the call that loads everything."""
    before_s = time.process_time()
    wall_ms = _timed(call)
    return {"wall": wall_ms, "cpu": round(1000 * (time.process_time() - before_s), 1)}


def _spread(measured: Callable[[], float]) -> dict[str, float]:
    """Return the least and the median: others may use the machine."""
    times_ms = sorted(measured() for _ in range(SEARCHES))
    return {"least": times_ms[0], "median": times_ms[len(times_ms) // 2]}


if __name__ == "__main__":
    main()
