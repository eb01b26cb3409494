"""The names rules know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.features.schema import SCHEMA
from scoring.rules import FIELDS, Rule, ValueType, hour_and_weekday, rule_schema
from scoring.rules.fields import SUBJECTS
from transactions.columns import CHANNELS, KINDS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def test_features_and_fields_share_no_name() -> None:
    assert {field.name for field in FIELDS} & set(SCHEMA.names) == set()


def test_every_name_says_what_it_is() -> None:
    specs = rule_schema(SCHEMA.specs).specs

    assert set(specs) == {field.name for field in FIELDS} | set(SCHEMA.names)
    assert [name for name, spec in specs.items() if not spec.description] == []


def test_a_feature_of_unit_flag_is_a_condition_by_itself() -> None:
    schema = rule_schema(SCHEMA.specs)

    assert schema.specs["is_device_new"].type is ValueType.FLAG
    assert schema.specs["tx_count_1h"].type is ValueType.NUMBER
    assert Rule.of("r", 1, "is_device_new and tx_count_1h > 3", schema).reference == "r@1"


def test_words_of_a_transaction_are_those_of_its_columns() -> None:
    specs = rule_schema(()).specs

    assert specs["kind"].words == set(KINDS)
    assert specs["channel"].words == set(CHANNELS)
    assert {name for name in specs if name.startswith("blocked_")} == {
        f"blocked_{subject}" for subject in SUBJECTS
    }


@given(st.lists(st.integers(-(2**52), 2**52), min_size=1))
def test_hours_and_weekdays_are_those_of_the_calendar(micros: list[int]) -> None:
    instants = [EPOCH + timedelta(microseconds=each) for each in micros]

    hours, weekdays = hour_and_weekday(np.array(micros))

    assert hours.tolist() == [instant.hour for instant in instants]
    assert weekdays.tolist() == [instant.weekday() for instant in instants]
