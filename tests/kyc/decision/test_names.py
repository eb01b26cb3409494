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


# ICAO Doc 9303 part 3, section 6.B, and names as passports of four states write them.
@pytest.mark.parametrize(
    ("declared", "read"),
    [
        ("Горбачёв", "GORBACHEV"),
        ("Щербакова", "SHCHERBAKOVA"),
        ("Юлия", "IULIIA"),
        ("Юлия", "YULIYA"),
        ("Хмельницький", "KHMELNYTSKYI"),
        ("Георгиев", "GEORGIEV"),
        ("Ельцин", "YELTSIN"),
    ],
)
def test_a_name_in_cyrillic_agrees_with_its_transliteration(declared: str, read: str) -> None:
    assert names_agree(declared, read)
    assert not names_agree(declared, read[:-1] + "Q")


# Each word cut, the last one to its initial: ICAO Doc 9303 part 4, section 4.2.2.1.
@pytest.mark.parametrize(
    ("declared", "read", "expected"),
    [
        ("Nilavadhanananda Chayapa", "NILAVADHANANANDA C", True),
        ("Anna Maria Østergård", "ANNA MARIA OSTERGAA", True),
        ("Anna Maria Østergård", "ANNA OESTERG", True),
        ("Bennelong Wooloomooloo", "BENNEL WOOL", True),
        ("Anna Maria", "MARIA", False),
        ("Anna Maria", "ANNA MARTA", False),
        ("Anna", "ANNA MARIA", True),
        ("Anna", "ANNE", False),
    ],
)
def test_words_of_a_full_zone_may_be_cut(declared: str, read: str, expected: bool) -> None:
    assert names_agree(declared, read, is_truncated=True) is expected


def test_a_long_name_is_compared_in_all_its_forms() -> None:
    declared = "Ügürlü Öztürk Güneş Gündüz Ünlü"

    assert names_agree(declared, "UGUERLU OZTUERK GUENES GUNDUEZ UNLUE")
    assert not names_agree(declared, "UGUERLU OZTUERK GUENES GUNDUEZ UNLIE")


@given(st.text(alphabet="ÄÖÜÅÑÆabcdeßж -'", min_size=1, max_size=12))
def test_a_name_agrees_with_each_of_its_variants(name: str) -> None:
    for variant in mrz_variants(name):
        assert names_agree(name, variant)
        assert not names_agree(name, "X" + variant)


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_no_name_is_too_odd(declared: str, read: str, is_truncated: bool) -> None:
    assert names_agree(declared, read, is_truncated=is_truncated) in {True, False}


@given(st.text(alphabet=st.characters(categories=["L"], max_codepoint=0x17F), max_size=40))
def test_variants_are_upper_case_words_and_few(name: str) -> None:
    variants = mrz_variants(name)

    assert len(variants) <= 81
    assert all(set(variant) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ ") for variant in variants)


@given(st.from_regex(r"[A-Z]{1,12}( [A-Z]{1,12}){0,2}", fullmatch=True))
def test_a_name_agrees_with_itself(name: str) -> None:
    assert names_agree(name.title(), name)
