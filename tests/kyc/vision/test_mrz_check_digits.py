"""Check digits against the standard's own examples, and what they can and cannot find."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kyc.vision.mrz.check_digits import ALPHABET, FILLER, character_value, check_digit

TEXTS = st.text(alphabet=ALPHABET + FILLER, min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        # ICAO Doc 9303 part 3, §4.9, examples 1 and 2.
        ("520727", "3"),
        ("AB2134<<<", "5"),
        # ICAO Doc 9303 part 4, appendix B: the specimen passport.
        ("L898902C3", "6"),
        ("740812", "2"),
        ("120415", "9"),
        ("ZE184226B<<<<<", "1"),
        ("L898902C3674081221204159ZE184226B<<<<<1", "0"),
        # ICAO Doc 9303 part 5, appendix B: the specimen card.
        ("D23145890", "7"),
        ("D231458907<<<<<<<<<<<<<<<74081221204159<<<<<<<<<<<", "6"),
    ],
)
def test_it_gives_the_digits_printed_in_the_standard(text: str, digit: str) -> None:
    assert check_digit(text) == digit


def test_fillers_count_as_nought() -> None:
    assert check_digit("<<<<<<") == "0"


@pytest.mark.parametrize("character", ["a", "É", " ", "", "AB", "-"])
def test_it_refuses_what_cannot_be_printed(character: str) -> None:
    with pytest.raises(ValueError, match="cannot stand in a machine-readable zone"):
        character_value(character)


@given(text=TEXTS, data=st.data())
def test_one_wrong_character_is_found_unless_its_value_is_ten_or_twenty_away(
    text: str, data: st.DataObject
) -> None:
    position = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from(ALPHABET + FILLER))
    assume(wrong != text[position])
    difference = character_value(wrong) - character_value(text[position])

    changed = text[:position] + wrong + text[position + 1 :]

    assert (check_digit(changed) != check_digit(text)) == (difference % 10 != 0)


@given(text=st.text(alphabet="0123456789", min_size=2, max_size=12), data=st.data())
def test_every_single_wrong_figure_is_found(text: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from("0123456789"))
    assume(wrong != text[position])

    assert check_digit(text[:position] + wrong + text[position + 1 :]) != check_digit(text)


@given(text=TEXTS)
def test_fillers_behind_the_text_change_nothing(text: str) -> None:
    assert check_digit(text + "<<<") == check_digit(text)
