from __future__ import annotations

import numpy as np
import pytest

from kyc.simulation.portraits import (
    BACKDROP_BGR,
    PORTRAIT_NAMES,
    PortraitName,
    age_portrait,
    load_portrait,
)


@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_document_portrait_stands_before_a_plain_backdrop(name: PortraitName) -> None:
    portrait = load_portrait(name)

    assert portrait.shape == (531, 413, 3)
    assert portrait.dtype == np.uint8
    corners = portrait[:12, :12], portrait[:12, -12:]
    assert all((corner == BACKDROP_BGR).all() for corner in corners)
    # A person fills the middle: the outline did not lose the face.
    assert (portrait[150:450, 130:280] != BACKDROP_BGR).any(axis=2).mean() > 0.99


@pytest.mark.parametrize("name", PORTRAIT_NAMES)
def test_a_selfie_framing_is_wider_and_keeps_its_own_background(name: PortraitName) -> None:
    portrait = load_portrait(name, framing="selfie")

    assert portrait.shape == (960, 720, 3)
    assert not (portrait[:12, :12] == BACKDROP_BGR).all()


def test_a_caller_may_draw_on_its_copy() -> None:
    load_portrait("astronaut")[:] = 0

    assert load_portrait("astronaut").any()


def test_ageing_is_the_same_for_the_same_generator_and_differs_for_another() -> None:
    portrait = load_portrait("astronaut")

    first, again, other = (
        age_portrait(portrait, np.random.default_rng(seed)) for seed in (5, 5, 6)
    )

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == portrait.shape


def test_ageing_of_no_strength_changes_nothing() -> None:
    portrait = load_portrait("grace_hopper")

    aged = age_portrait(portrait, np.random.default_rng(0), strength=0)

    assert np.array_equal(aged, portrait)


def test_ageing_changes_more_the_stronger_it_is() -> None:
    portrait = load_portrait("grace_hopper").astype(float)

    changes = [
        np.abs(
            age_portrait(load_portrait("grace_hopper"), np.random.default_rng(1), strength=s)
            - portrait
        ).mean()
        for s in (0.25, 1.0, 2.0)
    ]

    assert changes == sorted(changes)
