"""The list of features."""

from __future__ import annotations

import dataclasses

import pytest

from scoring.features import SCHEMA, FeatureSchema, FeatureSpec

UNITS = {
    *("EUR", "log EUR", "count", "days", "ratio", "share", "deviations", "flag", "level"),
    *("km", "km/h", "score", "cycle"),
}


def test_every_feature_is_described() -> None:
    for spec in SCHEMA.specs:
        assert spec.unit in UNITS, spec.name
        assert spec.description[0].islower() or spec.description.startswith("IP"), spec.name
        assert not spec.description.endswith("."), spec.name
        if spec.unit == "flag":
            assert (spec.lowest, spec.highest) == (0, 1), spec.name


def test_names_are_words_that_rules_can_use() -> None:
    assert len(SCHEMA) == len(set(SCHEMA.names)) >= 60
    assert all(name.isidentifier() and name.islower() for name in SCHEMA.names)


def test_the_place_of_a_name_is_the_one_in_the_vector() -> None:
    assert [SCHEMA.index(name) for name in SCHEMA.names] == list(range(len(SCHEMA)))
    with pytest.raises(KeyError):
        SCHEMA.index("amount")


def test_the_hash_covers_names_their_order_and_the_code() -> None:
    one, two = FeatureSpec("one", "EUR", "", ""), FeatureSpec("two", "EUR", "", "")
    schemas = [
        FeatureSchema((one, two), 1),
        FeatureSchema((two, one), 1),
        FeatureSchema((one,), 1),
        FeatureSchema((one, two), 2),
    ]

    assert len({schema.hash for schema in schemas}) == 4


def test_words_about_a_feature_are_not_part_of_the_hash() -> None:
    one = FeatureSpec("one", "EUR", "the amount", "amount")
    reworded = dataclasses.replace(one, description="what was paid")

    assert FeatureSchema((one,), 1).hash == FeatureSchema((reworded,), 1).hash


def test_a_name_that_is_there_twice_is_refused() -> None:
    one = FeatureSpec("one", "EUR", "", "")

    with pytest.raises(ValueError, match="same name"):
        FeatureSchema((one, one), 1)
