"""Documents laid flat from photographs whose true corners are known."""

from __future__ import annotations

from datetime import date
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation.licences import render_licence
from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.cards.crops import crop_document, turn
from kyc.vision.cards.quads import clockwise
from kyc.vision.cards.rectify import rectify

Image = npt.NDArray[np.uint8]
SHAPES = {"TD3": "ID-3", "TD1": "ID-1"}
QUIET = {"blur_sigma": 0.0, "noise_sigma": 0.0, "light_gradient": 0.0}


@cache
def document(kind: str) -> Image:
    person = draw_person(np.random.default_rng(1), today=date(2026, 5, 1))
    return render_specimen(
        person, kind=kind, portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    ).front


def likeness(one: Image, other: Image) -> float:
    """Correlation of two pictures at a twentieth of their size, 0–1; corners are round."""
    small = [
        cv2.resize(cv2.cvtColor(it, cv2.COLOR_BGR2GRAY), (70, 48), interpolation=cv2.INTER_AREA)[
            4:-4, 4:-4
        ]
        for it in (one, other)
    ]
    return float(np.corrcoef(small[0].ravel(), small[1].ravel())[0, 1])


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize("background", ["wood", "stone", "dark"])
def test_a_photographed_document_is_laid_flat(kind: str, background: str) -> None:
    photo = photograph(
        document(kind), np.random.default_rng(3), background=background, rotation_deg=8.0
    )

    card = rectify(photo)

    assert card.shape == SHAPES[kind]
    assert card.confidence > 0.8
    assert likeness(card.pixels, document(kind)) > 0.97


@pytest.mark.parametrize("rotation_deg", [0.0, 15.0, 40.0, -25.0])
def test_the_corners_are_found_to_half_a_per_cent_of_the_length(rotation_deg: float) -> None:
    image = document("TD3")
    height, width = image.shape[:2]
    photo = photograph(
        image, np.random.default_rng(3), rotation_deg=rotation_deg, perspective=0.0, **QUIET
    )
    turn_rad = np.deg2rad(rotation_deg)
    matrix = np.array([[np.cos(turn_rad), -np.sin(turn_rad)], [np.sin(turn_rad), np.cos(turn_rad)]])
    seen = np.array([(0, 0), (width, 0), (width, height), (0, height)]) @ matrix.T
    expected = seen - seen.min(axis=0) + 0.10 * np.array((width, height))

    card = rectify(photo)

    assert np.abs(np.array(card.corners) - expected).max() < 0.005 * width


def test_places_on_the_card_are_known_in_the_photograph() -> None:
    photo = photograph(document("TD1"), np.random.default_rng(3), rotation_deg=10)

    card = rectify(photo)
    height, width = card.pixels.shape[:2]
    back = card.in_source(np.array([(0, 0), (width, 0), (width, height), (0, height)]))

    assert np.abs(back - np.array(card.corners)).max() < 0.5


def test_a_scan_without_an_outline_is_taken_whole() -> None:
    scan = np.full((700, 1000, 3), 235, np.uint8)
    cv2.putText(scan, "NO OUTLINE HERE", (120, 350), cv2.FONT_HERSHEY_SIMPLEX, 2, (40, 40, 40), 5)

    card = rectify(scan)

    assert card.is_whole_picture
    assert card.corners == ((0.0, 0.0), (1000.0, 0.0), (1000.0, 700.0), (0.0, 700.0))


@pytest.mark.parametrize("kind", SHAPES)
def test_the_page_itself_is_never_cut_to_a_part_of_it(kind: str) -> None:
    card = rectify(document(kind))

    area = cv2.contourArea(np.array(card.corners, np.float32))
    assert area > 0.9 * document(kind).shape[0] * document(kind).shape[1]


@pytest.mark.parametrize("rotation_deg", [5.0, 95.0, 185.0, -85.0])
def test_crops_stand_upright_however_the_photograph_lies(rotation_deg: float) -> None:
    photo = photograph(document("TD3"), np.random.default_rng(3), rotation_deg=rotation_deg)

    found = crop_document(photo)

    assert likeness(found.card.pixels, document("TD3")) > 0.95
    assert found.portrait is not None
    assert found.zone is not None
    # A head in 35 : 45, and two lines over the width of the page.
    assert abs(found.portrait.pixels.shape[1] / found.portrait.pixels.shape[0] - 35 / 45) < 0.02
    assert found.zone.pixels.shape[1] > 8 * found.zone.pixels.shape[0]


def test_the_portrait_lies_where_it_is_printed_and_the_zone_at_the_foot() -> None:
    found = crop_document(document("TD3"))

    # 12 px a millimetre: the portrait is printed at x 6.5–40.5, y 16.5–60.2 mm.
    portrait = np.array(found.portrait.corners) / 12
    assert (portrait.min(axis=0) > (3, 10)).all()
    assert (portrait.max(axis=0) < (44, 66)).all()
    zone = np.array(found.zone.corners) / 12
    assert zone[:, 1].min() > 62
    assert zone[:, 0].max() - zone[:, 0].min() > 108


def test_a_card_front_has_a_portrait_and_no_zone_and_a_back_neither_face() -> None:
    licence = render_licence(
        draw_person(np.random.default_rng(1), today=date(2026, 5, 1)),
        portrait=load_portrait("astronaut"),
    )

    front, back = crop_document(licence.front), crop_document(licence.back)

    assert front.portrait is not None
    assert front.zone is None
    assert back.portrait is None
    assert back.zone is None


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turning_keeps_every_place(quarters: int) -> None:
    card = rectify(photograph(document("TD1"), np.random.default_rng(3)))

    turned = turn(card, quarters)
    height, width = turned.pixels.shape[:2]
    outline = np.array([(0, 0), (width, 0), (width, height), (0, height)])

    assert np.abs(turned.in_source(outline) - np.array(turned.corners)).max() < 0.5
    assert (np.rot90(turned.pixels, -quarters) == card.pixels).all()


def test_corners_are_ordered_clockwise_from_the_top_left() -> None:
    shuffled = np.array([(10, 8), (0, 0), (0, 9), (11, 1)], np.float64)

    assert clockwise(shuffled).tolist() == [[0, 0], [11, 1], [10, 8], [0, 9]]
