from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kyc.vision.faces.calibration import shipped_calibration
from kyc.vision.faces.gallery import (
    FIRST_CAPACITY,
    SECOND_SIGN_SHARE,
    Gallery,
    Neighbour,
    duplicate_policy,
)

NUMBERS = st.floats(-2, 2, width=32)
FACES = arrays(np.float32, (4,), elements=NUMBERS)


def faces(count: int, seed: int = 0) -> npt.NDArray[np.float32]:
    drawn = np.random.default_rng(seed).normal(size=(count, 128))
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def a_gallery(count: int = 600) -> Gallery:
    gallery = Gallery()
    gallery.add_many(range(count), faces(count))
    return gallery


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.one_of(st.none(), FACES)), max_size=30),
    FACES,
    st.sets(st.integers(0, 8)),
    st.integers(1, 10),
)
def test_a_search_agrees_with_measuring_every_face_after_any_changes(
    changes: list[tuple[int, Any]], searched: npt.NDArray[np.float32], exclude: set[int], k: int
) -> None:
    gallery = Gallery(dimensions=4)
    held: dict[int, Any] = {}
    for key, embedding in changes:
        if embedding is None:
            assert gallery.remove(key) is (held.pop(key, None) is not None)
        else:
            gallery.add(key, embedding)
            held[key] = embedding.astype(np.float64)

    found = gallery.nearest(searched, k, exclude=exclude)

    expected = sorted(
        float(np.linalg.norm(held[key] - searched)) for key in held if key not in exclude
    )
    assert gallery.ids == set(held)
    assert [each.distance for each in found] == pytest.approx(expected[:k], abs=1e-3)
    for each in found:
        assert each.distance == pytest.approx(np.linalg.norm(held[each.id] - searched), abs=1e-6)
        assert each.id not in exclude


def test_the_same_face_is_found_at_no_distance_among_many() -> None:
    gallery = a_gallery()

    first, second = gallery.nearest(faces(600)[417], 2)

    assert (first.id, first.distance) == (417, 0.0)
    assert second.distance > 1.0


def test_an_excluded_person_is_passed_over_and_everybody_else_is_still_found() -> None:
    found = a_gallery().nearest(faces(600)[417], 600, exclude={417, "somebody unknown"})

    assert {each.id for each in found} == set(range(600)) - {417}


def test_searching_for_more_than_there_are_gives_all_of_them_and_an_empty_one_none() -> None:
    assert Gallery().nearest(faces(1)[0], 5) == ()
    assert len(a_gallery(3).nearest(faces(1)[0], 5)) == 3
    assert a_gallery(1).nearest(faces(1)[0], 5, exclude=[0]) == ()


def test_a_face_given_again_replaces_the_former_one() -> None:
    gallery = a_gallery(10)

    gallery.add(3, faces(1, seed=9)[0])

    assert len(gallery) == 10
    assert gallery.nearest(faces(1, seed=9)[0], 1)[0].id == 3
    assert gallery.nearest(faces(10)[3], 1)[0].distance > 0.5


def test_a_face_given_twice_at_once_is_kept_once_as_given_last() -> None:
    gallery = Gallery()

    gallery.add_many(["a", "a"], faces(2))

    assert len(gallery) == 1
    assert gallery.nearest(faces(2)[1], 1)[0].distance == 0.0


def test_nothing_of_a_removed_face_stays_in_memory() -> None:
    gallery = a_gallery(FIRST_CAPACITY + 5)

    for key in range(FIRST_CAPACITY + 5):
        gallery.remove(key)

    assert not gallery._matrix.any()
    assert not gallery._half_squares.any()


@pytest.mark.parametrize("embedding", [
    np.zeros(127, np.float32),
    np.zeros((2, 128), np.float32),
    np.full(128, np.nan, np.float32),
    np.full(128, np.inf, np.float32),
], ids=["short", "two", "nan", "infinite"])  # fmt: skip
def test_what_is_no_embedding_is_refused_and_nothing_changes(
    embedding: npt.NDArray[np.float32],
) -> None:
    gallery = a_gallery(2)

    with pytest.raises(ValueError, match=r"expected|not finite"):
        gallery.add("new", embedding)

    assert gallery.ids == {0, 1}


def test_one_bad_face_among_several_keeps_all_of_them_out() -> None:
    gallery, many = Gallery(), faces(3)
    many[1, 5] = np.nan

    with pytest.raises(ValueError, match="not finite"):
        gallery.add_many("abc", many)

    assert len(gallery) == 0


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_larger_gallery_never_has_a_wider_limit(one: int, other: int) -> None:
    small, large = (duplicate_policy(size) for size in sorted((one, other)))

    assert large.hit_distance <= small.hit_distance
    assert large.strict_distance <= small.strict_distance
    assert small.strict_distance <= small.hit_distance <= shipped_calibration("dlib").match_distance


@pytest.mark.parametrize("size", [500, 1_000, 5_000])
def test_the_limits_give_the_wanted_rate_on_the_tail_they_are_made_from(size: int) -> None:
    tail, policy = shipped_calibration("dlib").tail, duplicate_policy(size)

    with_a_sign = SECOND_SIGN_SHARE * tail.rate_at(policy.hit_distance)
    reached = 1 - (1 - with_a_sign) ** size
    careful = 1 - (1 - tail.rate_at(policy.strict_distance, is_cautious=True)) ** size

    assert reached == pytest.approx(1e-3, rel=1e-3)
    assert careful == pytest.approx(1e-3, rel=1e-3)


def test_among_very_many_no_face_is_enough_by_itself() -> None:
    assert duplicate_policy(100_000).strict_distance == 0
    assert duplicate_policy(100_000).hit_distance > 0.2


def test_an_empty_gallery_has_the_limits_of_one_face() -> None:
    assert duplicate_policy(0) == duplicate_policy(1)


def test_what_no_pair_was_measured_for_is_called_extrapolated() -> None:
    assert duplicate_policy(1000).is_extrapolated
    assert duplicate_policy(1000).words == (
        "Made for a stranger with a second sign in at most 1 of 1000 searches of 1000 faces; "
        "extrapolated from 14432 pairs of 77 people."
    )
    assert not duplicate_policy(1, rate=0.01).is_extrapolated


def test_a_search_beside_changes_sees_whole_faces_only() -> None:
    gallery, many = a_gallery(50), faces(50)
    is_over = threading.Event()
    wrong: list[Neighbour] = []

    def search() -> None:
        while not is_over.is_set():
            found = gallery.nearest(many[7], 3)
            # Face 7 never moves away, so it is always there, at no distance and once.
            if found[0] != Neighbour(7, 0.0) or found[1].distance < 0.5:
                wrong.extend(found)

    searchers = [threading.Thread(target=search) for _ in range(3)]
    for searcher in searchers:
        searcher.start()
    for turn in range(200):
        gallery.add(1000 + turn, many[turn % 7])
        gallery.remove(turn % 7)
        gallery.add(turn % 7, many[8 + turn % 40])
        gallery.remove(1000 + turn)
    is_over.set()
    for searcher in searchers:
        searcher.join()

    assert wrong == []
    assert gallery.ids == set(range(50))
