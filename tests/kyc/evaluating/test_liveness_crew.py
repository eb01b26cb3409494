"""Renders shared out between processes come back whole, in order, and made the same way."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kyc.evaluating import liveness_crew
from kyc.evaluating.liveness_cases import LivenessCase
from kyc.evaluating.liveness_crew import cast_of, judge_all_renders
from kyc.evaluating.report import Order
from kyc.vision.liveness.engines import NO_ENGINES, LivenessEngines


class SentAway:
    """Stands for another process: what it is given is sent as bytes."""

    def __init__(self, _count: int, **_options: Any) -> None:
        pass

    def __enter__(self) -> SentAway:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def map(self, judge: Callable[[int], Any], numbers: Iterable[int]) -> Iterator[Any]:
        for number in numbers:
            yield pickle.loads(pickle.dumps(judge))(number)  # noqa: S301 - our own bytes


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int, bool, int]]:
    asked: list[tuple[int, int, bool, int]] = []

    def judge(number: int, seed: int, engines: LivenessEngines, people: Any) -> Any:
        asked.append((number, seed, engines == NO_ENGINES, len(people)))
        return [LivenessCase(f"render {number}", "video", "live")]

    monkeypatch.setattr(liveness_crew, "judge_renders", judge)
    monkeypatch.setattr(liveness_crew, "ProcessPoolExecutor", SentAway)
    return asked


def order_for(folder: Path, simulated: int) -> Order:
    return Order(folder=folder, today=date(2026, 11, 21), simulated=simulated, seed=9)


@pytest.mark.parametrize("simulated", [1, 3, 4, 11])
def test_every_number_is_judged_once_and_in_order(
    simulated: int, judged: Any, tmp_path: Path
) -> None:
    heard: list[tuple[int, int]] = []

    cases = judge_all_renders(
        order_for(tmp_path, simulated),
        NO_ENGINES,
        lambda _, done, total: heard.append((done, total)),
    )

    assert [case.name for case in cases] == [f"render {number}" for number in range(simulated)]
    assert judged == [(number, 9, True, 2) for number in range(simulated)]
    assert heard == [(number, simulated) for number in range(simulated)]


def test_engines_are_loaded_where_they_are_used(
    judged: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = LivenessEngines(describe=lambda _pixels: None)
    monkeypatch.setattr(liveness_crew, "_engines", lambda: loaded)

    # A function of this test cannot be sent: that it is named only is what is tested.
    judge_all_renders(order_for(tmp_path, 5), loaded, lambda *_: None)

    assert [has_none for _, _, has_none, _ in judged] == [False] * 5


def test_the_folder_of_faces_is_found_whether_it_is_there_or_not(tmp_path: Path) -> None:
    assert [person.name for person in cast_of(order_for(tmp_path, 1))] == [
        "astronaut",
        "grace_hopper",
    ]
