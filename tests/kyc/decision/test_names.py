from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.decision.names import mrz_variants, names_agree


# Pairs from ICAO Doc 9303 part 3, section 6.A and part 4, section 4.2.2 (name examples).
@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("Müller", "MUELLER"),
        ("Müller", "MULLER"),
        ("Ångström", "AANGSTROEM"),
        ("Åsa", "ASA"),
        ("Groß", "GROSS"),
        ("Núñez", "NUNEZ"),
        ("Þór", "THOR"),
        ("O'Connor", "OCONNOR"),
        ("Smith-Jones", "SMITH JONES"),
        ("Van der Müller", "VAN DER MUELLER"),
        ("Işık", "ISIK"),
        ("Anna", "ANNA MARIA"),
        ("Annamaria", "ANNA MARIA"),
    ],
)
def test_a_declared_name_agrees_with_its_transliteration(declared: str, read: str) -> None:
    assert names_agree(declared, read)


@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("Eriksson", "ERICSSON"),
        ("Maria", "ANNA MARIA"),
        ("Ann", "ANNA"),
        ("Anna", ""),
        ("", "ANNA"),
    ],
)
def test_another_name_does_not_agree(declared: str, read: str) -> None:
    assert not names_agree(declared, read)


def test_a_name_cut_off_by_a_full_zone_agrees_only_when_it_is_full() -> None:
    declared, read = "Papadopoulou-Konstantinidou", "PAPADOPOULOU KONSTANT"

    assert names_agree(declared, read, is_truncated=True)
    assert not names_agree(declared, read)


@given(st.text(alphabet=st.characters(categories=["L"], max_codepoint=0x17F), max_size=40))
def test_variants_are_upper_case_words_and_few(name: str) -> None:
    variants = mrz_variants(name)

    assert len(variants) <= 81
    assert all(set(variant) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ ") for variant in variants)


@given(st.from_regex(r"[A-Z]{1,12}( [A-Z]{1,12}){0,2}", fullmatch=True))
def test_a_name_agrees_with_itself(name: str) -> None:
    assert names_agree(name.title(), name)
