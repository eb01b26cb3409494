"""Larger cards and visas: their size, their zone's place, and what they print."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation.mrz_lines import write_lines
from kyc.simulation.people import draw_person
from kyc.simulation.portraits import load_portrait
from kyc.simulation.sheets import MRZ_LINE_MM, MRZ_PITCH_MM
from kyc.simulation.two_line_documents import (
    PLANS,
    PX_PER_MM,
    TwoLineKind,
    render_two_line_document,
)
from kyc.vision.mrz.zones import find_zones

Image = npt.NDArray[np.uint8]
TODAY = date(2026, 3, 1)
LENGTHS: dict[TwoLineKind, int] = {"TD2": 36, "FRAID": 36, "MRVA": 44, "MRVB": 36}


def render(kind: TwoLineKind, seed: int = 1) -> Image:
    rng = np.random.default_rng(seed)
    person = draw_person(rng, today=TODAY)
    return render_two_line_document(
        person,
        kind,
        portrait=load_portrait("astronaut"),
        lines=write_lines(person, kind),
        rng=rng,
    )


@pytest.mark.parametrize("kind", PLANS)
def test_it_has_the_size_of_its_standard(kind: TwoLineKind) -> None:
    width, height = PLANS[kind].size_mm

    assert render(kind).shape == (round(height * PX_PER_MM), round(width * PX_PER_MM), 3)


@pytest.mark.parametrize("kind", PLANS)
def test_its_zone_has_the_pitch_and_place_of_the_plan(kind: TwoLineKind) -> None:
    gray = np.asarray(cv2.cvtColor(render(kind), cv2.COLOR_BGR2GRAY), np.uint8)

    zone = find_zones(gray)[0]

    assert zone.columns == LENGTHS[kind]
    assert len(zone.rows) == 2
    assert zone.pitch_px == pytest.approx(MRZ_PITCH_MM * PX_PER_MM, rel=0.02)
    assert zone.spacing == pytest.approx(MRZ_LINE_MM / MRZ_PITCH_MM, rel=0.03)
    left, baseline = zone.corners[2] / PX_PER_MM
    plan = PLANS[kind]
    assert left == pytest.approx(plan.left_mm + MRZ_PITCH_MM / 2, abs=0.4)
    # Letters stand on the line and are 2.5 mm high, fillers a little less.
    assert baseline == pytest.approx(plan.size_mm[1] - plan.bottom_mm - 1.2, abs=0.4)


@pytest.mark.parametrize("kind", PLANS)
def test_the_same_generator_draws_the_same_document_and_another_one_another(
    kind: TwoLineKind,
) -> None:
    assert np.array_equal(render(kind), render(kind))
    assert not np.array_equal(render(kind), render(kind, seed=2))


def test_the_zone_stands_on_paler_ground_than_the_rest() -> None:
    page = render("TD2").astype(int)

    assert page[-30:-10, 200:-200].mean() > page[250:300, 900:].mean()
