"""What docs/rules.md says of the language is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scoring.features.schema import SCHEMA
from scoring.rules import FIELDS, STARTER_RULES, Rule, rule_schema
from scoring.rules.comparing import MAX_MEMBERS
from scoring.rules.functions import ARITY
from scoring.rules.parsing import MAX_DEPTH, MAX_LENGTH, MAX_NODES

PAGE = (Path(__file__).parents[3] / "docs" / "rules.md").read_text()
EXAMPLES = re.findall(r"```rule\n(.*?)```", PAGE, re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_a_rule(text: str) -> None:
    assert Rule.of("example", 1, text, rule_schema(SCHEMA.specs)).version == 1


def test_every_field_function_and_starter_rule_is_named() -> None:
    names = [field.name for field in FIELDS] + [rule.id for rule in STARTER_RULES]

    assert [name for name in names if f"`{name}`" not in PAGE] == []
    assert [name for name in ARITY if f"{name}(" not in PAGE] == []


def test_the_effect_of_each_starter_rule_is_the_one_in_the_table() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([\w ]+) \|", PAGE, re.MULTILINE))

    assert rows == {rule.id: rule.effect.replace("_", " ") for rule in STARTER_RULES}


def test_the_limits_are_those_of_the_code() -> None:
    words = " ".join(PAGE.split())

    assert f"{MAX_LENGTH:,} characters, {MAX_NODES} parts, {MAX_DEPTH} levels" in words
    assert f"up to {MAX_MEMBERS} members" in words
