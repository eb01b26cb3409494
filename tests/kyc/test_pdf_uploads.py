"""A document sent as a PDF is kept as a picture; a face never comes as one."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kyc.choices import CaptureKind
from kyc.services.captures import capture_bytes, current_capture
from kyc.vision.images import read_image
from tests.kyc.conftest import Traveller, jpeg

FRONT, BACK = (200, 30, 30), (20, 40, 180)


def pdf(*colours: tuple[int, int, int]) -> bytes:
    pages = [Image.new("RGB", (900, 640), "white") for _ in colours]
    for page, colour in zip(pages, colours, strict=True):
        page.paste(colour, (0, 0, 900, 500))
    stream = io.BytesIO()
    pages[0].save(stream, "PDF", resolution=300, save_all=True, append_images=pages[1:])
    return stream.getvalue()


def kept_colour(traveller: Traveller, kind: CaptureKind) -> tuple[int, ...]:
    kept = capture_bytes(current_capture(traveller.verification, kind))
    assert kept.startswith(b"\xff\xd8")
    blue, green, red = read_image(kept).pixels[100, 100].tolist()
    return red, green, blue


def near(colour: tuple[int, ...], expected: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(colour, expected, strict=True))


@pytest.mark.django_db
def test_the_first_page_is_kept_as_the_front_and_the_last_as_the_back(
    traveller: Traveller,
) -> None:
    traveller.reaches_capture("identity_card")

    for side in ("front", "back"):
        assert traveller.uploads(pdf(FRONT, BACK), side).status_code == 302

    assert near(kept_colour(traveller, CaptureKind.DOCUMENT_FRONT), FRONT)
    assert near(kept_colour(traveller, CaptureKind.DOCUMENT_BACK), BACK)


@pytest.mark.django_db
def test_a_pdf_of_many_pages_gets_a_sentence_and_leaves_nothing_behind(
    traveller: Traveller,
) -> None:
    traveller.reaches_capture()

    answer = traveller.uploads(pdf(FRONT, FRONT, FRONT), HTTP_ACCEPT="application/json")

    assert answer.status_code == 422
    assert "more than two pages" in answer.content.decode()
    assert not traveller.verification.captures.exists()


@pytest.mark.django_db
def test_who_sends_another_type_learns_that_a_pdf_is_taken(traveller: Traveller) -> None:
    traveller.reaches_capture()

    answer = traveller.uploads(b"GIF89a", HTTP_ACCEPT="application/json")

    assert answer.status_code == 422
    assert "JPEG, PNG, WebP or HEIC. A PDF will do as well." in answer.content.decode()


@pytest.mark.django_db
def test_a_face_is_not_taken_as_a_pdf(traveller: Traveller) -> None:
    traveller.reaches_capture()
    traveller.uploads(pdf(FRONT))

    traveller.sends_still(pdf(FRONT))
    as_pdf = current_capture(traveller.verification, CaptureKind.SELFIE_STILL)
    traveller.sends_still(jpeg())
    as_photo = current_capture(traveller.verification, CaptureKind.SELFIE_STILL)

    assert as_pdf is None
    assert as_photo is not None
