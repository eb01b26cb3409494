"""Knowing a photograph again, and not taking one document's for another's."""

from __future__ import annotations

from datetime import date

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.simulation.people import draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.picture_hash import (
    HASH_BYTES,
    SAME_PICTURE_BITS,
    hamming_distance,
    picture_hashes,
)

Pixels = npt.NDArray[np.uint8]


def document_photo(seed: int) -> Pixels:
    rng = np.random.default_rng(seed)
    person = draw_person(rng, today=date(2026, 11, 21))
    portrait = load_portrait("grace_hopper" if seed % 2 else "astronaut")
    return photograph(render_specimen(person, kind="TD3", portrait=portrait, rng=rng).front, rng)


@pytest.fixture(scope="module")
def photo() -> Pixels:
    return document_photo(4)


def bits_between(photo: Pixels, other: Pixels) -> int:
    """Return the fewest differing bits in any rotation, as the search counts them."""
    stored = picture_hashes(other)[0]
    return min(hamming_distance(stored, found) for found in picture_hashes(photo))


def as_jpeg(photo: Pixels, quality: int) -> Pixels:
    _, encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), np.uint8)


def test_the_same_photograph_written_anew_is_known_again(photo: Pixels) -> None:
    height, width = photo.shape[:2]
    half = cv2.resize(photo, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(cv2.cvtColor(photo, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    darker = np.clip(photo * 0.75, 0, 255).astype(np.uint8)
    noise = np.random.default_rng(1).normal(0, 10, photo.shape)
    noisy = np.clip(photo + noise, 0, 255).astype(np.uint8)
    blurred = cv2.GaussianBlur(photo, (0, 0), 2.5)

    changed = [as_jpeg(photo, 40), half, as_jpeg(half, 60), grey, darker, noisy, blurred]

    assert max(bits_between(photo, other) for other in changed) <= 6


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_photograph_is_known_again(photo: Pixels, quarters: int) -> None:
    assert bits_between(photo, np.ascontiguousarray(np.rot90(photo, quarters))) <= 2


def test_documents_of_two_people_of_one_state_are_far_apart(photo: Pixels) -> None:
    other = document_photo(5)

    assert bits_between(photo, other) > 2 * SAME_PICTURE_BITS


@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_without_structure_has_no_hash(level: int) -> None:
    assert picture_hashes(np.full((90, 120, 3), level, np.uint8)) == ()


@given(st.binary(min_size=HASH_BYTES, max_size=HASH_BYTES), st.sets(st.integers(0, 255)))
def test_the_distance_is_the_number_of_bits_that_differ(one: bytes, changed: set[int]) -> None:
    other = bytearray(one)
    for bit in changed:
        other[bit // 8] ^= 1 << bit % 8

    assert hamming_distance(one, bytes(other)) == len(changed)
    assert hamming_distance(bytes(other), one) == len(changed)
