"""Reading rendered documents with the real engines, from both sides and all four ways up."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation.people import ERIKSSON, draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import Specimen, render_specimen
from kyc.vision.documents import DocumentReading, OcrFailed, read_document
from kyc.vision.mrz.ocr import PytesseractEngine, TesserocrEngine, engine_named

Image = npt.NDArray[np.uint8]
TODAY = date(2026, 5, 1)


@cache
def specimen(kind: str, seed: int = 1) -> Specimen:
    rng = np.random.default_rng(seed)
    return render_specimen(
        draw_person(rng, today=TODAY), kind=kind, portrait=load_portrait("astronaut"), rng=rng
    )


def side_with_zone(rendered: Specimen) -> Image:
    return rendered.front if rendered.back is None else rendered.back


def read_photo(image: Image, **conditions: object) -> DocumentReading:
    return read_document(photograph(image, np.random.default_rng(3), **conditions), today=TODAY)


@pytest.mark.parametrize("kind", ["TD3", "TD1"])
@pytest.mark.parametrize("engine", ["pytesseract", "tesserocr"])
def test_a_photographed_specimen_is_read_exactly(kind: str, engine: str) -> None:
    rendered = specimen(kind)
    photo = photograph(side_with_zone(rendered), np.random.default_rng(3))

    reading = read_document(photo, today=TODAY, engine=engine_named(engine))

    assert reading.outcome == "read"
    assert reading.engine == engine
    assert reading.engine_version.count("/") == 1
    assert reading.mrz is not None
    assert reading.mrz.format == kind
    assert reading.mrz.lines == rendered.mrz_lines
    assert reading.mrz.is_accepted
    assert reading.mrz.fields.document_number == rendered.person.document_number
    assert reading.mrz.fields.birth_date == rendered.person.birth_date
    assert reading.mrz.fields.expiry_date == rendered.person.expiry_date
    assert reading.ocr_calls <= 4
    assert reading.duration_ms > 0


@pytest.mark.parametrize("rotation_deg", [12.0, 45.0, 90.0, 180.0, 210.0, 270.0])
def test_a_document_is_read_whichever_way_up_it_lies(rotation_deg: float) -> None:
    rendered = specimen("TD3")

    reading = read_photo(rendered.front, rotation_deg=rotation_deg)

    assert reading.mrz is not None
    assert reading.mrz.lines == rendered.mrz_lines
    assert reading.ocr_calls <= 4


def test_a_card_is_read_from_its_back() -> None:
    card = specimen("TD1")
    assert card.back is not None

    reading = read_document(card.front, card.back, today=TODAY)

    assert reading.side == "back"
    assert reading.mrz is not None
    assert reading.mrz.lines == card.mrz_lines


def test_sides_given_the_wrong_way_round_are_read_all_the_same() -> None:
    card = specimen("TD1")
    assert card.back is not None

    reading = read_document(card.back, card.front, today=TODAY)

    assert reading.side == "front"
    assert reading.mrz is not None
    assert reading.mrz.is_accepted


def test_the_front_of_a_card_has_no_zone() -> None:
    reading = read_document(specimen("TD1").front, today=TODAY)

    assert reading.outcome == "no_mrz"
    assert reading.mrz is None
    assert reading.side is None


@pytest.mark.parametrize("blur_sigma", [5.0, 8.0])
def test_a_hopelessly_blurred_document_is_not_accepted(blur_sigma: float) -> None:
    reading = read_photo(specimen("TD3").front, blur_sigma=blur_sigma)

    assert reading.mrz is None or not reading.mrz.is_accepted


def test_an_expired_document_is_read_like_any_other() -> None:
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    )

    reading = read_document(page.front, today=TODAY)

    assert reading.mrz is not None
    assert reading.mrz.is_accepted
    assert reading.mrz.fields.expiry_date == date(2012, 4, 15)


@pytest.mark.parametrize("engine", [PytesseractEngine, TesserocrEngine])
def test_a_missing_model_is_said_in_one_sentence(
    engine: type[PytesseractEngine] | type[TesserocrEngine], tmp_path: Path
) -> None:
    with pytest.raises(
        OcrFailed, match=r"The MRZ model is not at .*; `manage.py fetch_models mrz`"
    ):
        read_document(specimen("TD3").front, today=TODAY, engine=engine(tmp_path))


def test_an_unknown_engine_is_said_in_one_sentence() -> None:
    with pytest.raises(OcrFailed, match="There is no text recognition named 'abbyy'"):
        engine_named("abbyy")


@pytest.mark.slow  # forty recognitions: 20 s
@pytest.mark.parametrize("kind", ["TD3", "TD1"])
def test_light_wear_is_read_exactly_and_nothing_wrong_is_accepted(kind: str) -> None:
    exact = 0
    for seed in range(20):
        rendered, rng = specimen(kind, 1_000 + seed), np.random.default_rng(seed)
        photo = photograph(
            side_with_zone(rendered),
            rng,
            blur_sigma=rng.uniform(0.5, 1.5),
            rotation_deg=rng.uniform(-8, 8),
            brightness=rng.uniform(0.7, 1.1),
            jpeg_quality=80,
        )
        mrz = read_document(photo, today=TODAY, engine=engine_named("tesserocr")).mrz
        exact += mrz is not None and mrz.lines == rendered.mrz_lines
        if mrz is not None and mrz.is_accepted:
            assert mrz.fields.document_number == rendered.person.document_number
            assert mrz.fields.birth_date == rendered.person.birth_date
            assert mrz.fields.expiry_date == rendered.person.expiry_date

    assert exact >= 19
