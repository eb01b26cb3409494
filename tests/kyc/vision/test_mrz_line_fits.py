"""Lines moved to where their letters are plainest, and zones of which only a part was found."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation.people import ERIKSSON
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.mrz.cells import read_cells
from kyc.vision.mrz.letters import LetterReader, letter_reader
from kyc.vision.mrz.zones import Zone, find_zones

Gray = npt.NDArray[np.uint8]


@cache
def reader() -> LetterReader:
    """The one that set-up has taught."""
    taught = letter_reader()
    assert taught is not None, "manage.py train_mrz_letters makes what these tests read with"
    return taught


@cache
def passport() -> tuple[Gray, Zone, tuple[str, ...]]:
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    )
    gray = np.asarray(cv2.cvtColor(page.front, cv2.COLOR_BGR2GRAY), np.uint8)
    return gray, find_zones(gray)[0], page.mrz_lines


def lines_of(gray: Gray, zone: Zone) -> tuple[str, ...]:
    best = read_cells(gray, zone, reader())[0]
    return best.likeliest_lines


def share_right(read: tuple[str, ...], printed: tuple[str, ...]) -> float:
    pairs = [pair for lines in zip(read, printed, strict=True) for pair in zip(*lines, strict=True)]
    return float(np.mean([one == other for one, other in pairs]))


def test_a_zone_well_found_is_read() -> None:
    gray, zone, printed = passport()

    assert share_right(lines_of(gray, zone), printed) > 0.97


@pytest.mark.parametrize(
    "moved",
    [
        [(-0.2, 0.1), (0.15, 0.1), (0.2, 0.1), (-0.15, -0.05)],  # all corners a little
        [(0, 0), (1, 0), (0, 0), (0, 0)],  # one line ends a letter too late
        [(0, 0), (0, 0), (-1, 0), (0, 0)],  # one begins a letter too early
    ],
)
def test_a_zone_badly_found_is_read_as_well(moved: list[tuple[float, float]]) -> None:
    gray, zone, printed = passport()
    corners = zone.corners + np.array(moved) * zone.pitch_px

    assert share_right(lines_of(gray, replace(zone, corners=corners)), printed) > 0.95


def test_the_rest_of_a_line_is_read_from_a_part_of_it() -> None:
    gray, zone, printed = passport()
    along = (zone.corners[1] - zone.corners[0]) / 43
    corners = zone.corners + np.array([along * 12, -along * 14] * 2)
    part = replace(zone, corners=corners, columns=18)

    assert share_right(lines_of(gray, part), printed) > 0.97


@pytest.mark.parametrize("is_upside_down", [False, True])
def test_the_zone_is_given_back_where_it_is(*, is_upside_down: bool) -> None:
    gray, zone, _ = passport()
    if is_upside_down:
        gray = np.ascontiguousarray(gray[::-1, ::-1])
        zone = find_zones(gray)[0]
    away = np.array([(0.3, 0), (-0.3, 0), (0.3, 0), (-0.2, 0)]) * zone.pitch_px
    moved = zone.corners + away

    best = read_cells(gray, replace(zone, corners=moved), reader())[0]

    assert best.is_upside_down is is_upside_down
    assert np.abs(best.zone.corners - zone.corners).max() < 0.25 * zone.pitch_px
    assert best.zone.columns == 44
    assert best.zone.rows == (0.0, 1.0)
    assert best.zone.spacing == pytest.approx(2.5, abs=0.2)


def test_cells_in_which_nothing_is_seen_are_named_and_hold_nothing_for_sure() -> None:
    gray, zone, printed = passport()
    hidden = gray.copy()
    (left, top), right = zone.corners[0], zone.corners[1][0]
    pitch = (right - left) / 43
    at = round(left + 20 * pitch)
    hidden[round(top - pitch) : round(top + pitch), at : at + round(4 * pitch)] = 240

    best = read_cells(hidden, zone, reader())[0]

    assert best.layout.name == "TD3"
    assert best.is_blank[0, 21:24].all()
    assert not best.is_blank[1].any()
    assert best.log_probabilities[0, 22].max() < np.log(0.2)
    assert share_right(best.likeliest_lines[1:], printed[1:]) > 0.97
