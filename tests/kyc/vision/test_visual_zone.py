"""The print on renders, read by recognition."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import numpy.typing as npt
import pytest

from kyc.decision.agreement import printed_of
from kyc.simulation.licences import render_licence
from kyc.simulation.people import ERIKSSON
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.cards.crops import crop_document
from kyc.vision.tesseract import OcrFailed
from kyc.vision.visual_zone.ocr import Word, word_engine
from kyc.vision.visual_zone.read import VisualReading, read_visual_zone

TODAY = date(2026, 5, 1)


class Scripted:
    """An engine that says the same words of every picture."""

    name = "scripted"

    def __init__(self, *words: Word) -> None:
        self.words = words

    def read_words(self, image: npt.NDArray[np.uint8]) -> tuple[Word, ...]:  # noqa: ARG002 - the protocol's
        return self.words


def word(text: str, x: int, y: int, *, height: int = 30, confidence: float = 0.9) -> Word:
    return Word(text, x, y, 20 * len(text), height, confidence)


def scripted(*words: Word) -> VisualReading:
    card = crop_document(np.full((880, 1400, 3), 220, np.uint8))
    return read_visual_zone(card, today=TODAY, engine=Scripted(*words))


def values(reading: VisualReading) -> dict[str, str]:
    return {field.name: field.value for field in reading.fields}


@pytest.mark.parametrize("engine", ["tesserocr", "pytesseract"])
def test_a_passport_is_read_by_either_engine(engine: str) -> None:
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    ).front

    reading = read_visual_zone(
        crop_document(photograph(page, np.random.default_rng(2), rotation_deg=3)),
        today=TODAY,
        engine=word_engine(engine),
    )

    assert reading.engine == engine
    assert values(reading)["given_names"].startswith("ANNA")
    assert "ERIKSSON" in {line.text for line in reading.lines}
    assert ERIKSSON.birth_date in {day for line in reading.lines for day in line.days}
    # The zone is painted over: no line of it is left to help.
    assert not any("<<" in line.text for line in reading.lines)


@pytest.mark.parametrize("style", ["american", "european"])
def test_a_licence_without_a_zone_is_read(style: str) -> None:
    licence = render_licence(ERIKSSON, portrait=load_portrait("astronaut"), style=style)

    reading = read_visual_zone(crop_document(licence.front), today=TODAY)

    assert values(reading)["expiry_date"] == "2012-04-15"
    assert "ERIKSSON" in {line.text for line in reading.lines}
    assert date(1974, 8, 12) in {day for line in reading.lines for day in line.days}


def test_a_field_is_placed_in_the_photograph() -> None:
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    ).front

    reading = read_visual_zone(crop_document(page), today=TODAY)
    corners = np.array(reading.field("surname").corners) / 12

    # Printed at x 44.5, base line at y 22 mm.
    assert abs(corners[0][0] - 44.5) < 2
    assert abs(corners[2][1] - 22.0) < 3


def test_values_are_found_below_beside_and_behind_their_labels() -> None:
    reading = scripted(
        word("Surname/Nom", 100, 100, height=16),
        word("ERIKSSON", 100, 130),
        word("Vorname", 100, 200), word("ANNA", 300, 200),
        word("DOB", 100, 300), word("12.08.1974", 170, 300),
        word("Nationality", 600, 100, height=16), word("SWEDISH", 600, 130),
        word("Passport", 600, 200, height=16), word("No", 775, 200, height=16),
        word("L898902C3", 600, 225),
    )  # fmt: skip

    assert values(reading) == {
        "surname": "ERIKSSON",
        "given_names": "ANNA",
        "birth_date": "1974-08-12",
        "nationality": "SWEDISH",
        "document_number": "L898902C3",
    }
    assert all(abs(field.confidence - 0.9) < 0.001 for field in reading.fields)


def test_a_reading_goes_through_json_unchanged() -> None:
    reading = scripted(word("DOB", 100, 300), word("23.08.1974", 170, 300))

    taken = printed_of(json.loads(json.dumps(reading.to_json())))

    day = date(1974, 8, 23)
    assert taken.fields["birth_date"].days == (day,)
    assert (taken.days, taken.lines) == (frozenset({day}), ("DOB 23.08.1974",))


def test_a_european_licence_is_read_by_its_layout_where_small_numbers_are_lost() -> None:
    reading = scripted(
        word("ERIKSSON", 300, 100),
        word("ANNA", 300, 150),
        word("12.08.1974", 300, 200),
        word("4a", 200, 250), word("16.04.2017", 300, 250),
        word("4b.", 200, 300), word("15.04.2032", 300, 300),
    )  # fmt: skip

    assert values(reading) == {
        "surname": "ERIKSSON",
        "given_names": "ANNA",
        "birth_date": "1974-08-12",
        "issue_date": "2017-04-16",
        "expiry_date": "2032-04-15",
    }


def test_recognitions_at_odds_make_a_field_unsure() -> None:
    class Wavering(Scripted):
        def __init__(self) -> None:
            self.calls = 0

        def read_words(self, image: npt.NDArray[np.uint8]) -> tuple[Word, ...]:  # noqa: ARG002 - the protocol's
            self.calls += 1
            name = "ERIKSSON" if self.calls == 1 else "ERIKSSQN"
            return word("Surname", 100, 100, height=16), word(name, 100, 130)

    card = crop_document(np.full((880, 1400, 3), 220, np.uint8))

    (field,) = read_visual_zone(card, today=TODAY, engine=Wavering()).fields

    assert field.confidence < 0.3


def test_an_expiry_date_that_may_be_two_days_is_the_later_kind() -> None:
    reading = scripted(word("EXP", 100, 300), word("04/05/2026", 170, 300))

    assert reading.field("expiry_date").days == (date(2026, 5, 4), date(2026, 4, 5))


def test_a_strip_is_read_no_larger_than_a_photograph() -> None:
    sizes = []

    class Measuring(Scripted):
        def read_words(self, image: npt.NDArray[np.uint8]) -> tuple[Word, ...]:
            sizes.append(image.shape)
            return super().read_words(image)

    strip = crop_document(np.full((3_000, 300, 3), 220, np.uint8))
    page = crop_document(np.full((2_000, 900, 3), 220, np.uint8))
    for document in (strip, page):
        read_visual_zone(document, today=TODAY, engine=Measuring())

    assert sizes == [(3_500, 350)] * 2 + [(3_111, 1_400)] * 2


def test_a_blank_picture_has_no_print() -> None:
    reading = read_visual_zone(crop_document(np.full((700, 1000, 3), 230, np.uint8)), today=TODAY)

    assert (reading.fields, reading.lines) == ((), ())


def test_an_unknown_engine_is_refused_in_a_sentence() -> None:
    with pytest.raises(OcrFailed, match="no text recognition named 'other'"):
        word_engine("other")
