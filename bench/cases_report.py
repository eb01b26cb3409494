"""The section on the pages of cases in docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bench.scoring_report import Row

Figures = dict[str, Any]

PAGE_P95_MS = 300.0
NAMES = {
    "list": "list, filters and pages drawn",
    "next": "next case, claimed",
    "payment_case": "page of a case about payments",
    "verification_case": "page of a case about a verification",
}
SECTION = """
## The analysts' workplace

With {cases:,} cases ({unclosed:,} of them not closed) and {transactions:,} transactions in the
database, generated and loaded in {loading_s} s. Pages are asked of the web process as `make run`
starts it, by analysts who are logged in, whole pages with a new connection each.

| what | figure | bar | |
|---|---|---|---|
{rows}

| processor time a request | web | postgres |
|---|---|---|
{splits}
"""


def section(figures: Figures) -> str:
    """Return the section."""
    return SECTION.format(
        **figures["rows"],
        unclosed=figures["unclosed"],
        loading_s=figures["loading_s"],
        rows="\n".join(map(str, _rows(figures))),
        splits="\n".join(_split(NAMES[name], figures[name]["one"]) for name in NAMES),
    )


def _rows(figures: Figures) -> Iterable[Row]:
    for name, words in NAMES.items():
        yield _row(words, figures[name]["one"], "one person", f"p95 ≤ {PAGE_P95_MS:g} ms")
        yield _row(words, figures[name]["some"], f"{figures['at_once']} at once", "")


def _row(words: str, load: Figures, who: str, bar: str) -> Row:
    """Return a load; without a bar nothing is met or missed."""
    return Row(
        f"{words}, {who}, {load['requests']} requests, {load['errors']} errors",
        f"p50 {load['p50_ms']} ms, p95 {load['p95_ms']} ms, slowest {load['max_ms']} ms",
        bar,
        is_met=load["p95_ms"] <= PAGE_P95_MS and not load["errors"] if bar else None,
    )


def _split(name: str, load: Figures) -> str:
    each = (f"{load['cpu_s'][who] * 1000 / load['requests']:.0f} ms" for who in ("web", "postgres"))
    return f"| {name} | {' | '.join(each)} |"
