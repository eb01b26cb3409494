"""Write docs/benchmarks.md from var/bench.json: `.venv/bin/python -m bench.report`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bench import cases_report, scoring_report
from fraudsite.environment import CHECKOUT

HEAD = """\
# Benchmarks

Written by `python -m bench.report` from `var/bench.json`, which `make bench` measures on a fresh clone.
{measured_on}, {commits_told}, {machine}; web, workers, PostgreSQL, Valkey and the measuring process
share those cores. These machines are noisy: compare by ratio, within one run.
"""

VERIFICATION = """
## Start and verification

| what | figure | aim |
|---|---|---|
| cold start: `make run` in a fresh clone until ready, every download included | {cold_s} s | < 180 s |
| warm start: the same again | {warm_s} s | < 15 s |
| verification, submit to decision, p50 of {count} | {p50_s} s | |
| verification, p95 | {p95_s} s | ≤ 6 s |
| verification, slowest | {max_s} s | |
| verification worker, largest process, resident | {largest_rss_mb} MB | |
| verification worker, all {processes} processes, proportional share | {all_pss_mb} MB | |

Each verification is a rendered passport (TD3), photographed by `kyc.simulation`, with a film of about seven
seconds that follows a freshly drawn challenge; they run one after the other. Outcomes: {outcomes}.

| stage | median |
|---|---|
{stages}

`read_document` runs beside `check_liveness` and `match_faces`, so the stages do not add up.
"""


def main() -> None:
    """Write the page."""
    figures = json.loads((CHECKOUT / "var" / "bench.json").read_text())
    (CHECKOUT / "docs" / "benchmarks.md").write_text("".join(page(figures)))


def page(figures: dict[str, Any]) -> Iterable[str]:
    """Yield the sections that there are figures for."""
    told = ", ".join(f"{part} of commit {name}" for part, name in figures["commits"].items())
    yield HEAD.format(**figures, commits_told=told)
    if "verification" in figures:
        yield verification(figures)
    if "rest" in figures:
        yield scoring_report.section(figures)
    if "cases" in figures:
        yield cases_report.section(figures["cases"])


def verification(figures: dict[str, Any]) -> str:
    """Return the section on start and verification."""
    told = {**figures["start"], **figures["memory"], **figures["verification"]}
    stages = told.pop("stage_median_ms")
    outcomes = ", ".join(f"{count} {name}" for name, count in told.pop("outcomes").items())
    return VERIFICATION.format(
        **told,
        outcomes=outcomes,
        stages="\n".join(f"| {name} | {value} ms |" for name, value in stages.items()),
    )


if __name__ == "__main__":
    main()
