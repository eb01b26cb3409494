"""What a licence says: the standard's example, each version, and what real cards get wrong."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kyc.simulation.aamva_payload import LATEST_VERSION, LicenceOrder, write_aamva
from kyc.simulation.people import ERIKSSON
from kyc.vision.barcodes.aamva import AamvaMalformed, parse_aamva
from kyc.vision.barcodes.aamva_elements import mandatory_elements

# AAMVA DL/ID Card Design Standard 2020, annex D, figure D.5.
EXAMPLE = (
    b"@\n\x1e\rANSI 636000100102DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDDEN\nDACMICHAEL\n"
    b"DDFN\nDADJOHN\nDDGN\nDCUJR\nDCAD\nDCBK\nDCDPH\nDBD06062019\nDBB06061986\nDBA12102024\nDBC1\n"
    b"DAU068 in\nDAYBRO\nDAG2300 WEST BROAD STREET\nDAIRICHMOND\nDAJVA\nDAK232690000  \n"
    b"DCF2424244747474786102204\nDCGUSA\nDCK123456789\nDDAF\nDDB06062018\nDDC06062020\nDDD1\r"
    b"ZVZVA01\r"
)


def test_the_example_of_the_standard_is_read_whole() -> None:
    card = parse_aamva(EXAMPLE)

    assert (card.version, card.jurisdiction_version, card.issuer_number) == (10, 1, "636000")
    assert (card.kind, card.document_number) == ("driving_licence", "T64235789")
    assert (card.name.surname, card.name.given_names) == ("SAMPLE", "MICHAEL JOHN")
    assert (card.name.suffix, card.name.is_truncated) == ("JR", False)
    assert (card.birth_date, card.issue_date) == (date(1986, 6, 6), date(2019, 6, 6))
    assert (card.expiry_date, card.sex) == (date(2024, 12, 10), "M")
    assert (card.country, card.jurisdiction) == ("USA", "VA")
    assert card.elements["DAK"] == "232690000"
    assert (card.missing, card.impossible) == ((), ())


def test_a_card_can_be_written_as_json() -> None:
    written = json.loads(json.dumps(parse_aamva(EXAMPLE).to_json()))

    assert (written["birth_date"], written["name"]["surname"]) == ("1986-06-06", "SAMPLE")
    assert written["elements"]["DAQ"] == written["document_number"] == "T64235789"


@pytest.mark.parametrize("version", range(1, LATEST_VERSION + 1))
@pytest.mark.parametrize("country", ["USA", "CAN"])
@pytest.mark.parametrize("is_driving_licence", [True, False])
def test_every_version_gives_the_same_person(
    version: int, country: str, is_driving_licence: bool
) -> None:
    order = LicenceOrder(version, country, is_driving_licence)

    card = parse_aamva(write_aamva(ERIKSSON, order))

    assert (card.version, card.country) == (version, country)
    assert card.kind == ("driving_licence" if is_driving_licence else "identity_card")
    assert (card.name.surname, card.name.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert card.document_number == "L898902C3"
    assert (card.birth_date, card.expiry_date) == (date(1974, 8, 12), date(2012, 4, 15))
    assert (card.issue_date, card.sex) == (date(2007, 4, 16), "F")
    assert (card.missing, card.impossible) == ((), ())


def test_before_the_first_version_a_card_has_to_say_who_and_until_when() -> None:
    data = EXAMPLE.replace(b"63600010", b"63600000").replace(b"0102DL", b"02DL")

    assert (parse_aamva(data).version, parse_aamva(data).missing) == (0, ())
    bare = parse_aamva(data[: data.index(b"DAQ")] + b"DAJVA\nDCGUSA\r")
    assert bare.missing == ("DAA", "DAQ", "DBA", "DBB")


def test_a_version_yet_to_come_is_held_against_the_latest_list() -> None:
    data = write_aamva(ERIKSSON, LicenceOrder()).replace(b"ANSI 63600010", b"ANSI 63600012")

    assert (parse_aamva(data).version, parse_aamva(data).missing) == (12, ())


@pytest.mark.parametrize("version", range(1, LATEST_VERSION + 1))
@pytest.mark.parametrize("is_driving_licence", [True, False])
def test_each_mandatory_element_left_out_is_named(version: int, is_driving_licence: bool) -> None:
    whole = write_aamva(ERIKSSON, LicenceOrder(version, is_driving_licence=is_driving_licence))
    head, _, body = whole.decode().partition("DAQ")
    fields = ("DAQ" + body).rstrip("\r").split("\n")

    for name in mandatory_elements(version, is_driving_licence=is_driving_licence):
        left = [field for field in fields if not field.startswith(name)]
        card = parse_aamva(f"{head}{chr(10).join(left)}\r".encode())
        assert card.missing == (name,)


@pytest.mark.parametrize(
    ("whole", "empty", "missing"),
    [
        (b"DAQT64235789", b"DAQ", ("DAQ",)),
        (b"DAQT64235789", b"DAQNONE", ("DAQ",)),
        (b"DCSSAMPLE", b"DCSunavl", ("DCS",)),
        (b"DBB06061986", b"DBB", ("DBB",)),
        (b"DBA12102024", b"DBA00000000", ("DBA",)),
        (b"DBA12102024", b"DBA99999999", ("DBA",)),
        # There are people with one name (annex D.12.5.1).
        (b"DACMICHAEL", b"DACNONE", ()),
    ],
)
def test_what_says_nothing_of_who_and_until_when_is_missing(
    whole: bytes, empty: bytes, missing: tuple[str, ...]
) -> None:
    assert parse_aamva(EXAMPLE.replace(whole, empty)).missing == missing


@pytest.mark.parametrize("written", ["", "NONE"])
def test_a_whole_name_that_says_nothing_is_missing_in_the_first_version(written: str) -> None:
    data = write_aamva(ERIKSSON, LicenceOrder(1)).replace(
        b"DAAERIKSSON,ANNA,MARIA", f"DAA{written}".encode()
    )

    assert parse_aamva(data).missing == ("DAA",)


@pytest.mark.parametrize("offset", ["0000", "0029", "0045", "9999"])
def test_a_wrong_offset_does_not_matter(offset: str) -> None:
    data = EXAMPLE.replace(b"DL0041", b"DL" + offset.encode())

    assert parse_aamva(data) == parse_aamva(EXAMPLE)


def test_a_length_that_is_too_short_cuts_nothing_off() -> None:
    assert parse_aamva(EXAMPLE.replace(b"DL00410278", b"DL00410100")) == parse_aamva(EXAMPLE)


@pytest.mark.parametrize(
    ("written", "surname", "given_names", "suffix"),
    [
        ("ERIKSSON,ANNA,MARIA,JR", "ERIKSSON", "ANNA MARIA", "JR"),
        ("ERIKSSON, ANNA", "ERIKSSON", "ANNA", ""),
        ("ERIKSSON@ANNA@M", "ERIKSSON", "ANNA M", ""),
        ("VAN DER MEER$NOOR", "VAN DER MEER", "NOOR", ""),
        # Which of them is the surname is anybody's guess, so it is not guessed.
        ("ANNA MARIA ERIKSSON", "", "", ""),
    ],
)
def test_whole_names_of_the_first_version(
    written: str, surname: str, given_names: str, suffix: str
) -> None:
    data = write_aamva(ERIKSSON, LicenceOrder(1)).replace(
        b"DAAERIKSSON,ANNA,MARIA", f"DAA{written}".encode()
    )

    name = parse_aamva(data).name

    assert (name.surname, name.given_names, name.suffix) == (surname, given_names, suffix)


def test_parts_of_a_name_stand_in_for_the_whole_in_the_first_version() -> None:
    data = write_aamva(ERIKSSON, LicenceOrder(1)).replace(
        b"DAAERIKSSON,ANNA,MARIA", b"DABERIKSSON\nDACANNA"
    )

    card = parse_aamva(data)

    assert (card.name.surname, card.name.given_names, card.missing) == ("ERIKSSON", "ANNA", ())


def test_a_name_that_was_cut_off_is_said_to_be() -> None:
    assert parse_aamva(EXAMPLE.replace(b"DDFN", b"DDFT")).name.is_truncated


@pytest.mark.parametrize(
    ("written", "expected", "impossible"),
    [
        (b"02301990", None, ("DBB",)),
        (b"19901301", None, ("DBB",)),
        (b"ABCDEFGH", None, ("DBB",)),
        (b"00000000", None, ()),
        (b"NONE", None, ()),
        (b"19900228", date(1990, 2, 28), ()),
        (b"02281990", date(1990, 2, 28), ()),
    ],
)
def test_dates_that_are_no_day_are_told_from_dates_left_out(
    written: bytes, expected: date | None, impossible: tuple[str, ...]
) -> None:
    card = parse_aamva(EXAMPLE.replace(b"DBB06061986", b"DBB" + written))

    assert (card.birth_date, card.impossible) == (expected, impossible)


@pytest.mark.parametrize(
    ("state", "country"), [(b"VA", "USA"), (b"ON", "CAN"), (b"JAL", "MEX"), (b"QQ", "")]
)
def test_the_country_follows_from_the_state_where_it_is_not_said(
    state: bytes, country: str
) -> None:
    data = EXAMPLE.replace(b"DCGUSA\n", b"").replace(b"DAJVA", b"DAJ" + state)

    assert parse_aamva(data).country == country


@pytest.mark.parametrize(
    ("said", "country"),
    [(b"USA", "USA"), (b"CDN", "CAN"), (b"mex", "MEX"), (b"DEU", ""), (b"FRA", ""), (b"UTO", "")],
)
def test_no_country_but_those_of_the_standard_is_taken_from_a_card(
    said: bytes, country: str
) -> None:
    assert parse_aamva(EXAMPLE.replace(b"DCGUSA", b"DCG" + said)).country == country


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "does not begin"),
        (b"https://example.org/", "does not begin"),
        (b"@\n\x1e\rANSI 63600010", "breaks off"),
        (b"@\n\x1e\rANSI 63600010\xb2\xb301", "breaks off"),
        ("@\n\x1e\rANSI 63600\u0660100101".encode(), "does not begin"),
        (b"@\n\x1e\rANSI 636000100101ZV00310008ZVZVA01\r", "neither a licence"),
        (b"@\n\x1e\rANSI 636000100101DL00310000", "no field"),
        (b"@\n\x1e\rANSI 636000100101" + b"A" * 1200, "longer"),
    ],
)
def test_what_is_no_licence_is_refused_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(AamvaMalformed, match=words) as refused:
        parse_aamva(data)

    assert str(refused.value).count(".") == 1


# Superscripts, which are figures to `str.isdigit` and none to `int`.
@given(st.binary(max_size=300))
@example(b"\xb2\xb301DL00310008DLDAQ1\r")
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    for data in (tail, *(EXAMPLE[:end] + tail for end in (41, 20, 17))):
        try:
            card = parse_aamva(data)
        except AamvaMalformed:
            continue
        assert card.elements
