"""Our reader of machine-readable zones beside others, on the same pictures with the same model.

python -m bench.peers --data DIR --out FILE

Each peer runs in a virtual environment of its own under var/peers, made at the first run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bench.peers.environments import (
    CHECKOUT,
    PEERS,
    Peer,
    PeerUnavailable,
    python_of,
    readings,
)
from kyc.evaluating.document_cases import Case, Judged, cases_in, figures_of, judged
from kyc.evaluating.documents import evaluate
from kyc.evaluating.report import MaterialRefused, Order
from kyc.vision.weights import tessdata_dir

OURS = ("pytesseract", "tesserocr")
COLUMNS = {
    "exact_rate": "exact",
    "key_rate": "key right",
    "accepted": "accepted",
    "accepted_key_errors": "of them wrong",
    "negatives_accepted": "negatives accepted",
    "median_ms": "median ms",
    "p95_ms": "p95 ms",
}


def peer_figures(peer: Peer, folder: Path, cases: Sequence[Case]) -> dict[str, Any]:
    """Read every case with one peer, and judge the readings as our own are judged."""
    python = python_of(peer, CHECKOUT / "var/peers")
    pictures = [folder / case.file for case in cases]
    results = []
    read = readings(peer, python, tessdata_dir(), pictures)
    for case, found in zip(cases, tqdm(read, desc=peer.name, total=len(cases)), strict=True):
        results.append(_judged(case, found))
    return figures_of(results)


def _judged(case: Case, found: dict[str, Any]) -> Judged:
    return judged(
        case, found["lines"], is_accepted=found["is_valid"], duration_ms=float(found["ms"])
    )


def our_figures(engine: str, folder: Path) -> dict[str, Any]:
    """Read the same folder as `manage.py evaluate_kyc documents` does."""
    with tqdm(desc=engine) as bar:

        def progress(_sentence: str, done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        order = Order(folder=folder, today=datetime.now(UTC).date(), engine=engine)
        return dict(evaluate(order, progress).figures)


def table(rows: dict[str, dict[str, Any]]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        f"| reader | {' | '.join(COLUMNS.values())} |",
        f"|---|{'---|' * len(COLUMNS)}",
    ]
    for name, figures in rows.items():
        cells = [_cell(key, figures) for key in COLUMNS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(key: str, figures: dict[str, Any]) -> str:
    value = figures[key]
    if key.endswith("_rate"):
        return f"{100 * value:.1f} %"
    if key == "negatives_accepted":
        return f"{value} of {figures['negatives']}"
    return f"{value:.0f}" if key.endswith("_ms") else str(value)


def main() -> int:
    """Measure ourselves and every peer that can be installed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="holds mrz/, or is it")
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    arguments = parser.parse_args()
    order = Order(folder=arguments.data, today=datetime.now(UTC).date())
    folder = order.subfolder("mrz")
    try:
        cases = cases_in(folder)
        rows = {f"this product, {engine}": our_figures(engine, folder) for engine in OURS}
    except MaterialRefused as error:
        print(error, file=sys.stderr)
        return 1
    for peer in PEERS:
        try:
            rows[f"{peer.label} ({peer.licence})"] = peer_figures(peer, folder, cases)
        except PeerUnavailable as error:
            print(error, file=sys.stderr)
    print(table(rows))
    if arguments.out:
        arguments.out.write_text(json.dumps(rows, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
