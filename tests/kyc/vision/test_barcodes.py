"""Symbols read from renders: a licence's back as it is, photographed, and with a QR code."""

from __future__ import annotations

from datetime import date
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
import pytest
import zxingcpp

from kyc.simulation.licences import Licence, render_licence
from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.vision.barcodes.locate import find_symbols
from kyc.vision.barcodes.read import MAX_TEXT, read_barcodes

Image = npt.NDArray[np.uint8]


@cache
def licence() -> Licence:
    person = draw_person(np.random.default_rng(11), today=date(2026, 5, 1))
    return render_licence(person, portrait=load_portrait("astronaut"))


def qr_code(text: str) -> Image:
    symbol = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    drawn = np.asarray(symbol.to_image(scale=4, add_quiet_zones=True), np.uint8)
    return np.asarray(cv2.cvtColor(drawn, cv2.COLOR_GRAY2BGR), np.uint8)


def test_the_symbol_of_a_scan_is_read_to_the_byte_and_placed() -> None:
    (found,) = read_barcodes(licence().back)

    assert found.kind == "pdf417"
    assert found.data == licence().payload
    # 16 px a millimetre, the symbol's box is x 5–80.6, y 27–49 with its quiet zone.
    xs, ys = zip(*found.corners, strict=True)
    assert 80 < min(xs) < 110
    assert 1260 < max(xs) < 1290
    assert 432 < min(ys) < 450
    assert 750 < max(ys) < 785


@pytest.mark.parametrize("rotation_deg", [0.0, 14.0, -20.0, 90.0, 180.0, 270.0])
def test_a_photograph_is_read_whichever_way_it_is_held(rotation_deg: float) -> None:
    photo = photograph(
        licence().back,
        np.random.default_rng(2),
        rotation_deg=rotation_deg,
        blur_sigma=1.2,
        perspective=0.03,
    )

    assert [found.data for found in read_barcodes(photo)] == [licence().payload]


def test_the_corners_lie_on_the_symbol_in_a_turned_photograph() -> None:
    photo = photograph(licence().back, np.random.default_rng(2), rotation_deg=180, perspective=0.0)

    (found,) = read_barcodes(photo)
    top_left, top_right, bottom_right, _ = found.corners

    assert top_left[0] > top_right[0]
    assert top_right[1] > bottom_right[1]


def test_a_qr_code_is_kept_as_text_without_control_characters_and_bounded() -> None:
    long = "A" * (MAX_TEXT + 400)
    sheet = np.full((1600, 1600, 3), 255, np.uint8)
    for place, text in ((40, "https://example.org/\t1"), (700, long)):
        drawn = qr_code(text)
        sheet[place : place + drawn.shape[0], 40 : 40 + drawn.shape[1]] = drawn

    first, second = read_barcodes(sheet)

    assert (first.kind, first.text) == ("qr", "https://example.org/ 1")
    assert first.data == b"https://example.org/\t1"
    assert (second.data, len(second.text)) == (long.encode(), MAX_TEXT)


def test_a_picture_without_a_symbol_gives_none() -> None:
    assert read_barcodes(licence().front) == ()
    assert read_barcodes(np.full((400, 600, 3), 200, np.uint8)) == ()


def test_the_area_of_the_symbol_is_found_first() -> None:
    gray = np.asarray(cv2.cvtColor(licence().back, cv2.COLOR_BGR2GRAY), np.uint8)

    area = find_symbols(gray)[0]
    x, y = area.corners.mean(axis=0)

    assert abs(x - 685) < 40
    assert abs(y - 608) < 40
