"""Card numbers are found however they are written; ids and times are let through."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transactions.money.card_numbers import looks_like_pan, passes_luhn

# First digits and length by scheme (ISO/IEC 7812 issuer ranges as the schemes publish them).
SCHEMES = [
    ("4", 13), ("4", 16), ("4", 19), ("51", 16), ("55", 16), ("2221", 16), ("2720", 16),
    ("34", 15), ("37", 15), ("36", 14), ("3095", 16), ("6011", 16), ("65", 16), ("3528", 16),
    ("62", 16), ("62", 19), ("5018", 13), ("6759", 18), ("2200", 16), ("9792", 16), ("8600", 16),
    ("1", 15),
]  # fmt: skip


def card_number(prefix: str, length: int, filling: str = "1") -> str:
    body = prefix + filling * (length - len(prefix) - 1)
    return next(body + digit for digit in "0123456789" if passes_luhn(body + digit))


VISA = card_number("4", 16)
AMEX = card_number("34", 15)


@pytest.mark.parametrize(("prefix", "length"), SCHEMES)
def test_the_numbers_of_every_scheme_are_found(prefix: str, length: int) -> None:
    assert looks_like_pan(card_number(prefix, length))


@pytest.mark.parametrize(("prefix", "length"), SCHEMES)
def test_one_wrong_digit_is_let_through(prefix: str, length: int) -> None:
    number = card_number(prefix, length)

    assert not looks_like_pan(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "text",
    [
        f"{VISA[:4]} {VISA[4:8]} {VISA[8:12]} {VISA[12:]}",
        f"{VISA[:4]}-{VISA[4:8]}-{VISA[8:12]}-{VISA[12:]}",
        f"{VISA[:4]} - {VISA[4:]}".replace(" - ", " -"),
        f"{AMEX[:4]} {AMEX[4:10]} {AMEX[10:]}",
        f"please charge {VISA}, thank you",
        f"tok_{VISA}",
        f"card{VISA}x",
        f"a{VISA}",
        f"12 {VISA[:8]} {VISA[8:]} 07",
        f"{VISA[:8]}\u00a0{VISA[8:]}",
        f"{VISA[:8]}\u2009{VISA[8:]}",
        f"{VISA[:8]}\u2013{VISA[8:]}",
        f"{VISA[:8]}\u2212{VISA[8:]}",
        f"{VISA[:8]}\u200b{VISA[8:]}",
        f"{VISA[:8]}\u00ad{VISA[8:]}",
        f"{VISA[:8]}\n{VISA[8:]}",
        " ".join(VISA),
        VISA.translate(str.maketrans("0123456789", "０１２３４５６７８９")),  # full width
        VISA.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),  # Arabic-Indic
        VISA.translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")),  # superscript
    ],
)
def test_it_is_found_however_it_is_written(text: str) -> None:
    assert looks_like_pan(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "M-1",
        "4111",
        card_number("4", 12),
        card_number("4", 20),
        VISA + "0" * 20,
        card_number("0", 16),
        card_number("17", 13),  # Unix time in milliseconds
        card_number("17", 16),  # … in microseconds
        card_number("17", 19),  # … in nanoseconds
        card_number("202611210849", 14),
        card_number("202611210849", 17),
        f"{VISA[:8]}/{VISA[8:]}",
        f"{VISA[:8]}.{VISA[8:]}",
        "192.168.100.100",
        "+49 171 2345678",
        f"deadbeef-1111-4111-8111-{card_number('4', 12)}",
        f"{VISA}deadbeef",
        f"deadbeefdeadbeef{VISA}",
    ],
)
def test_what_is_no_card_number_is_let_through(text: str) -> None:
    assert not looks_like_pan(text)


@given(st.uuids())
def test_no_uuid_is_refused(value: uuid.UUID) -> None:
    assert not looks_like_pan(str(value))
    assert not looks_like_pan(f"urn:uuid:{value}")


@given(
    st.sampled_from(SCHEMES),
    st.text(alphabet="ghxyz.,:;/()", max_size=20),
    st.lists(st.sampled_from(["", " ", "-", "  ", "\u2011"]), min_size=19, max_size=19),
)
def test_text_around_it_and_gaps_within_do_not_hide_it(
    scheme: tuple[str, int], around: str, gaps: list[str]
) -> None:
    written = "".join(digit + gap for digit, gap in zip(card_number(*scheme), gaps, strict=False))

    assert looks_like_pan(f"{around}{written}{around}")


@pytest.mark.parametrize(
    ("digits", "is_valid"),
    # The first two: the usual worked example, 7992739871 gets a 3.
    [("79927398713", True), ("79927398710", False), ("0", True), ("18", True), ("81", False)],
)
def test_luhn_by_known_examples(digits: str, is_valid: bool) -> None:
    assert passes_luhn(digits) is is_valid
