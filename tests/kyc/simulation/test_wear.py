"""Photographs at three levels of wear."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation import wear
from kyc.simulation.wear import LEVELS, TABLES, WEAR, Level, photograph_at

Image = npt.NDArray[np.uint8]


@pytest.fixture
def page() -> Image:
    image = np.full((300, 480, 3), 225, np.uint8)
    image[20:280:6, 20:460] = 40
    return image


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_generator_takes_the_same_photograph_at_every_level(
    page: Image, level: Level
) -> None:
    one, again = (photograph_at(level, page, np.random.default_rng(3)) for _ in range(2))

    assert np.array_equal(one, again)


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_drawn_stays_within_its_level(
    page: Image, level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[dict[str, Any]] = []

    def noted(image: Image, _: object, **conditions: Any) -> Image:
        drawn.append(conditions)
        return image

    monkeypatch.setattr(wear, "photograph", noted)

    for seed in range(60):
        photograph_at(level, page, np.random.default_rng(seed))

    ranges = asdict(WEAR[level])
    skew = ranges.pop("skew_deg")
    for conditions in drawn:
        assert conditions.pop("background") in TABLES
        beside = (conditions.pop("rotation_deg") + 45) % 90 - 45
        assert skew[0] <= abs(beside) <= skew[1]
        assert set(conditions) == set(ranges)
        for name, value in conditions.items():
            assert ranges[name][0] <= value <= ranges[name][1], name


def test_all_four_ways_up_and_all_tables_come(page: Image, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[int, str]] = []

    def noted(image: Image, _: object, **conditions: object) -> Image:
        turn, table = conditions["rotation_deg"], conditions["background"]
        drawn.append((round(float(str(turn)) / 90) % 4, str(table)))
        return image

    monkeypatch.setattr(wear, "photograph", noted)

    for seed in range(100):
        photograph_at("light", page, np.random.default_rng(seed))

    assert {turn for turn, _ in drawn} == {0, 1, 2, 3}
    assert {table for _, table in drawn} == set(TABLES)


def test_a_harsher_level_is_worse_in_every_respect() -> None:
    light, medium, harsh = (asdict(WEAR[level]) for level in LEVELS)

    for name in light:
        least_worse = name in {"longer_side_px", "jpeg_quality", "contrast"}
        order = [level[name][0 if least_worse else 1] for level in (light, medium, harsh)]
        assert order == sorted(order, reverse=least_worse), name
        assert order[0] != order[2], name
