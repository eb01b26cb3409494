"""Quality measured on renders of a passport, a card and two portraits."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from kyc.simulation.people import ERIKSSON, draw_person
from kyc.simulation.photography import photograph, take_selfie
from kyc.simulation.portraits import load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.quality import ISSUE_SENTENCES, QualityReport, assess_quality, measures

Image = npt.NDArray[np.uint8]
KINDS = ("TD3", "TD1")


@cache
def document(kind: str) -> Image:
    person = draw_person(np.random.default_rng(1), today=date(2026, 5, 1))
    return render_specimen(
        person, kind=kind, portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    ).front


def report(kind: str, **conditions: object) -> QualityReport:
    photo = photograph(document(kind), np.random.default_rng(3), **conditions)
    return assess_quality(photo, kind="document")


def codes(found: QualityReport) -> list[str]:
    return [issue.code for issue in found.issues]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("background", ["wood", "stone", "dark", "none"])
def test_a_good_photograph_has_no_issues(kind: str, background: str) -> None:
    found = report(kind, background=background)

    assert codes(found) == []
    assert found.glare_fraction == 0
    assert found.is_cut_off is False
    assert found.blur_variance > 400


@pytest.mark.parametrize("kind", KINDS)
def test_blur_lowers_the_variance_until_it_is_an_issue(kind: str) -> None:
    variances = [report(kind, blur_sigma=sigma).blur_variance for sigma in (0.6, 1.5, 3.0)]

    assert variances == sorted(variances, reverse=True)
    assert codes(report(kind, blur_sigma=3.0)) == ["blurred"]


@pytest.mark.parametrize("kind", KINDS)
def test_darkness_is_an_issue_and_is_not_taken_for_blur(kind: str) -> None:
    found = report(kind, brightness=0.3)

    assert codes(found) == ["too_dark"]
    assert found.brightness < 60


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [3, 4])
def test_a_reflection_is_an_issue(kind: str, seed: int) -> None:
    photo = photograph(document(kind), np.random.default_rng(seed), glare=1.0)

    found = assess_quality(photo, kind="document")

    assert codes(found) == ["glare"]
    assert 0.02 < found.glare_fraction < 0.08


def test_a_passport_that_is_cut_off_is_an_issue() -> None:
    found = report("TD3", margin=-0.1)

    assert found.is_cut_off
    assert codes(found) == ["cut_off"]


def test_a_small_picture_is_an_issue_and_its_size_is_reported() -> None:
    found = assess_quality(document("TD3")[::4, ::4].copy(), kind="document")

    assert (found.width_px, found.height_px) == (375, 264)
    assert "low_resolution" in codes(found)


def test_a_flat_picture_has_no_variance_and_no_contrast() -> None:
    found = assess_quality(np.full((700, 900, 3), 128, np.uint8), kind="document")

    assert (found.blur_variance, found.brightness, found.contrast) == (0.0, 128.0, 0.0)
    assert codes(found) == ["blurred"]


@pytest.mark.parametrize("name", ["astronaut", "grace_hopper"])
def test_a_good_selfie_has_no_issues_and_a_blurred_one_has(name: str) -> None:
    portrait = load_portrait(name)

    good = assess_quality(take_selfie(portrait, np.random.default_rng(3)), kind="face")
    blurred = assess_quality(
        take_selfie(portrait, np.random.default_rng(3), blur_sigma=4), kind="face"
    )
    dark = assess_quality(
        take_selfie(portrait, np.random.default_rng(3), brightness=0.15), kind="face"
    )

    assert codes(good) == []
    assert codes(blurred) == ["blurred"]
    assert codes(dark) == ["too_dark"]


@pytest.mark.parametrize(
    ("conditions", "missed"),
    [
        ({}, []),
        ({"blur_sigma": 3.0}, ["sharpness"]),
        ({"glare": 1.0}, ["reflections"]),
    ],
)
def test_measures_miss_their_limits_where_there_are_issues(
    conditions: dict[str, float], missed: list[str]
) -> None:
    laid_out = measures(report("TD3", **conditions), kind="document")

    assert [measure.name for measure in laid_out if not measure.is_met] == missed
    assert all(measure.unit for measure in laid_out)


def test_every_issue_tells_what_to_do() -> None:
    found = report("TD1", blur_sigma=5.0)

    assert [issue.sentence for issue in found.issues] == [ISSUE_SENTENCES["blurred"]]
    assert all("; " in sentence and sentence.endswith(".") for sentence in ISSUE_SENTENCES.values())


def test_the_specimen_of_the_standard_photographs_well() -> None:
    page = render_specimen(
        ERIKSSON, kind="TD3", portrait=load_portrait("astronaut"), rng=np.random.default_rng(1)
    ).front

    assert codes(assess_quality(page, kind="document")) == []
