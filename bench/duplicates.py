r"""Time the search for duplicates among many approved customers.

    .venv/bin/python -m bench.duplicates [--customers 100000]

Servers and data are its own, in a folder below var/, and go again. Every customer has a data key,
a consent, a verification, a sealed face and a document's fingerprint; nine in ten are approved.
Prints one JSON object: how long a process takes to load the faces, what a worker does when it
starts; the whole search as the pipeline calls it; and the documents. Takes some three minutes.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import django
import numpy as np

from bench.cases import _own_folder
from fraudsite.environment import load_environment
from fraudsite.local.servers import leased_servers

if TYPE_CHECKING:
    from kyc.models import Verification

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
    from bench.duplicates_fill import customers_fill  # noqa: PLC0415
    from kyc.services import document_fingerprints as documents  # noqa: PLC0415
    from kyc.services.face_gallery import gallery_load  # noqa: PLC0415
    from kyc.vision.faces.gallery import DIMENSIONS  # noqa: PLC0415

    newcomer, shelf, shown = customers_fill(customers)
    return {
        "customers": customers,
        "load_ms": _first(lambda: gallery_load(shelf, dimensions=DIMENSIONS)),
        **_searches(newcomer),
        "documents_ms": _spread(lambda: documents.fingerprint_record(newcomer, shown)),
    }


def _searches(newcomer: Verification) -> dict[str, Any]:
    """Time the whole search as the pipeline calls it, after what may have happened since."""
    from bench.duplicates_fill import newcomer_make  # noqa: PLC0415
    from fraudsite.core.actors import Actor  # noqa: PLC0415
    from fraudsite.core.services.data_keys import data_key_destroy  # noqa: PLC0415
    from kyc.services.face_search import face_search  # noqa: PLC0415
    from kyc.services.face_standing import searchable, standing_read  # noqa: PLC0415
    from kyc.services.face_templates import templates_forget  # noqa: PLC0415

    rng = np.random.default_rng(12)
    workspace = newcomer.customer.workspace
    others = searchable(workspace.pk).exclude(customer=newcomer.customer)

    def erase() -> None:
        data_key_destroy(
            data_key=others.select_related("data_key")[0].data_key, actor=Actor.system("bench")
        )

    def forget() -> None:
        templates_forget(customer_id=others[0].customer_id)

    def search() -> None:
        face_search(newcomer)

    return {
        "search_ms": _spread(search),
        "of_which_asking_ms": _spread(lambda: standing_read(workspace.pk)),
        "search_of_a_new_face_ms": _spread(face_search, lambda: newcomer_make(workspace, rng)),
        "search_after_a_key_was_destroyed_ms": _spread(lambda _: search(), erase),
        "search_after_a_face_was_deleted_ms": _spread(lambda _: search(), forget),
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


def _spread(
    measured: Callable[..., Any], before: Callable[[], Any] | None = None
) -> dict[str, float]:
    """Return the least and the median: others may use the machine.

    `before` is not timed; what it returns is what is measured with.
    """
    times_ms = sorted(_once(measured, before) for _ in range(SEARCHES))
    return {"least": times_ms[0], "median": times_ms[len(times_ms) // 2]}


def _once(measured: Callable[..., Any], before: Callable[[], Any] | None) -> float:
    if before is None:
        return _timed(measured)
    given = before()
    return _timed(lambda: measured(given))


if __name__ == "__main__":
    main()
