from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring.feature_table import feature_markdown
from scoring.features import SCHEMA, FeatureSpec


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("describe_features", *arguments, stdout=out)
    return out.getvalue()


def test_a_line_tells_name_unit_and_meaning() -> None:
    lines = run().splitlines()

    assert len(lines) == len(SCHEMA)
    assert [line.split()[0] for line in lines] == list(SCHEMA.names)
    assert lines[SCHEMA.index("amount_eur")].split() == ["amount_eur", "EUR", "The", "amount."]


def test_the_record_has_every_feature_in_the_order_of_the_vector() -> None:
    told = json.loads(run("--json"))

    assert told["schema_hash"] == SCHEMA.hash
    assert [feature["name"] for feature in told["features"]] == list(SCHEMA.names)
    assert told["features"][SCHEMA.index("km_from_home")] == {
        "name": "km_from_home",
        "group": "place",
        "unit": "km",
        "lowest": 0,
        "highest": 20_040,
        "meaning": "Distance from where this customer usually is.",
    }


def test_the_table_has_a_row_for_every_feature() -> None:
    rows = run("--markdown").splitlines()

    assert len(rows) == len(SCHEMA) + 2
    assert {row.count("|") for row in rows} == {5}


@pytest.mark.parametrize(
    ("lowest", "highest", "told"),
    [(None, None, ""), (0, None, "≥ 0"), (None, 3, "≤ 3"), (0, 640_000, "0…640,000")],
)
def test_a_range_is_told_as_far_as_it_is_known(
    lowest: float | None, highest: float | None, told: str
) -> None:
    table = feature_markdown([FeatureSpec("one", "EUR", "the sum", "", lowest, highest)])

    assert table.splitlines()[-1] == f"| `one` | EUR | {told} | The sum. |"


def test_one_form_at_a_time() -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        run("--markdown", "--json")
