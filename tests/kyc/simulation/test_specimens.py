from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.simulation.mrz_lines import check_digit, write_lines
from kyc.simulation.people import ERIKSSON, Sex, draw_person
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import Kind, Specimen, render_specimen

TODAY = date(2026, 3, 1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"


def render(kind: Kind, seed: int = 0) -> Specimen:
    rng = np.random.default_rng(seed)
    portrait = load_portrait("astronaut")
    return render_specimen(draw_person(rng, today=TODAY), kind=kind, portrait=portrait, rng=rng)


def test_the_lines_of_the_standards_own_specimen_come_out() -> None:
    # ICAO Doc 9303-4, appendix B.
    assert write_lines(ERIKSSON, "TD3") == (
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
        "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
    )


def test_a_card_carries_three_lines_with_a_composite_over_all_of_them() -> None:
    first, second, third = write_lines(ERIKSSON, "TD1")

    assert first == "I<UTOL898902C36ZE184226B<<<<<<"
    assert second[:-1] == "7408122F1204159UTO<<<<<<<<<<<"
    assert second[-1] == check_digit(first[5:] + second[:7] + second[8:15] + second[18:29])
    assert third == "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"


@given(st.integers(0, 2**32 - 1), st.sampled_from(["F", "M", "X"]), st.sampled_from(["TD1", "TD3"]))
def test_every_person_drawn_fits_the_zone_and_its_alphabet(seed: int, sex: Sex, kind: str) -> None:
    person = draw_person(np.random.default_rng(seed), today=TODAY, sex=sex)

    lines = write_lines(person, kind)

    assert [len(line) for line in lines] == ([44, 44] if kind == "TD3" else [30, 30, 30])
    assert set("".join(lines)) <= set(ALPHABET)
    assert person.birth_date < person.issue_date < TODAY < person.expiry_date


def test_a_passport_is_one_page_at_twelve_pixels_a_millimetre() -> None:
    specimen = render("TD3")

    assert specimen.front.shape == (1056, 1500, 3)
    assert specimen.back is None


def test_a_card_has_two_sides_and_its_zone_on_the_back() -> None:
    specimen = render("TD1")

    assert specimen.back is not None
    assert specimen.front.shape == specimen.back.shape == (864, 1370, 3)
    dark = [(side[-370:] < 70).all(axis=2).mean() for side in (specimen.front, specimen.back)]
    assert dark[1] > 0.03


@pytest.mark.parametrize("kind", ["TD1", "TD3"])
def test_the_same_generator_draws_the_same_specimen(kind: Kind) -> None:
    first, again = render(kind, seed=4), render(kind, seed=4)

    assert first.person == again.person
    assert np.array_equal(first.front, again.front)


@pytest.mark.parametrize("kind", ["TD1", "TD3"])
def test_every_side_is_marked_as_a_specimen_in_red(kind: Kind) -> None:
    specimen = render(kind)

    for side in (specimen.front, specimen.back):
        if side is not None:
            blue, green, red = (side[..., channel].astype(int) for channel in range(3))
            is_red = (red > 150) & (green < 90) & (blue < 90)
            assert is_red.sum() > 1500
