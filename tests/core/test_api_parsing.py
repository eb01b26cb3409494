from __future__ import annotations

import json
import time
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fraudsite.core.api.errors import RequestRefused
from fraudsite.core.api.parsing import Instant, decode


class Colour(Enum):
    RED = "red"
    GREEN = "green"


class Part(msgspec.Struct, forbid_unknown_fields=True, rename={"inside": "in"}):
    amount: Decimal | None = None
    inside: Colour | None = None


class Everything(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    number: Annotated[int, msgspec.Meta(gt=0, lt=1_000)] = 1
    plain: int | None = None
    share: Annotated[float, msgspec.Meta(ge=-90, le=90.5)] = 0.0
    step: Annotated[int, msgspec.Meta(multiple_of=5)] = 5
    word: Annotated[str, msgspec.Meta(min_length=2, max_length=5)] = "word"
    code: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")] = "EUR"
    either: int | str = 1
    yes: bool = True
    at: Instant | None = None
    day: date | None = None
    id: UUID | None = None
    amount: Decimal = Decimal(1)
    colour: Colour = Colour.RED
    parts: Annotated[list[Part], msgspec.Meta(max_length=2)] = []
    named: dict[str, Part] = {}
    by_number: dict[int, int] = {}

    def __post_init__(self) -> None:
        if self.step == 35:
            message = "35 is taken."
            raise ValueError(message)


class Needs(msgspec.Struct):
    id: str
    inner: Part


def refused(body: str | bytes, structure: Any = Everything) -> tuple[str, str | None, str]:
    raw = body.encode() if isinstance(body, str) else body
    with pytest.raises(RequestRefused) as raised:
        decode(raw, structure)
    assert raised.value.status_code == 400
    error = raised.value.error
    return error.code, error.field, error.message


REFUSALS = [
    ('{"number": "7"}', "invalid_type", "number", "must be a whole number, not a text."),
    ('{"number": 7.5}', "invalid_type", "number", "a whole number, not a number with a point."),
    ('{"plain": true}', "invalid_type", "plain", "a whole number or null, not true or false."),
    ('{"yes": null}', "invalid_type", "yes", "must be true or false, not null."),
    ('{"either": []}', "invalid_type", "either", "a whole number or a text, not a list."),
    ('{"parts": {}}', "invalid_type", "parts", "must be a list, not an object."),
    ('{"amount": true}', "invalid_type", "amount", "such as 12.50, not true or false."),
    ('{"at": 1600000000}', "invalid_type", "at", "or null, not a whole number."),
    ('{"by_number": {"x": 1}}', "invalid_type", "by_number", "a whole number, not a text."),
    ('{"number": 0}', "out_of_range", "number", "`number` must be at least 1."),
    ('{"number": 1000}', "out_of_range", "number", "`number` must be at most 999."),
    ('{"share": -91}', "out_of_range", "share", "`share` must be at least -90."),
    ('{"share": 91}', "out_of_range", "share", "`share` must be at most 90.5."),
    ('{"share": 1e999}', "out_of_range", "share", "a number that fits 64 bits."),
    ('{"plain": %s}' % ("9" * 5_000), "out_of_range", "plain", "that fits 64 bits."),
    ('{"plain": 9223372036854775808}', "out_of_range", "plain", "between -2^63 and 2^63 - 1."),
    ('{"step": 7}', "out_of_range", "step", "`step` must be a multiple of 5."),
    ('{"word": "x"}', "invalid_length", "word", "must have at least 2 characters."),
    ('{"word": "longer"}', "invalid_length", "word", "must have at most 5 characters."),
    ('{"parts": [{}, {}, {}]}', "invalid_length", "parts", "must have at most 2 entries."),
    ('{"code": "eur"}', "invalid_format", "code", "must have the form ^[A-Z]{3}$."),
    ('{"at": "now"}', "invalid_format", "at", "a time such as 2026-01-31T12:00:00Z."),
    ('{"at": "2026-01-31T12:00:00"}', "invalid_format", "at", "must name its zone: a time such"),
    ('{"at": "0001-01-01T00:00:00+14:00"}', "out_of_range", "at", "the years 2 and 9998."),
    ('{"day": "31.1.2026"}', "invalid_format", "day", "must be a date such as 2026-01-31."),
    ('{"id": "7"}', "invalid_format", "id", "`id` must be a UUID."),
    ('{"amount": "x"}', "invalid_format", "amount", "a decimal number such as 12.50."),
    ('{"amount": "NaN"}', "out_of_range", "amount", "a decimal number such as 12.50."),
    ('{"amount": "\\u0049nfinity"}', "out_of_range", "amount", "such as 12.50."),
    ('{"amount": 1e999999999}', "out_of_range", "amount", "such as 12.50."),
    ('{"amount": "1e-999999"}', "out_of_range", "amount", "such as 12.50."),
    ('{"amount": %s}' % ("9" * 37), "out_of_range", "amount", "such as 12.50."),
    ('{"parts": [{}, {"amount": "-inf"}]}', "out_of_range", "parts.1.amount", "such as 12.50."),
    ('{"named": {"k": {"amount": "NaN"}}}', "out_of_range", "named.k.amount", "such as 12.50."),
    ('{"colour": "blue"}', "invalid_choice", "colour", "`colour` must be one of red, green."),
    ('{"parts": [{"in": "x"}]}', "invalid_choice", "parts.0.in", "must be one of red, green."),
    ('{"named": {"k": {"in": "x"}}}', "invalid_choice", "named.in", "one of red, green."),
    ('{"colour": 7}', "invalid_type", "colour", "must be a text, not a whole number."),
    ('{"nothing": 1}', "unknown_field", "nothing", "`nothing` is no field here."),
    ('{"parts": [{"x": 1}]}', "unknown_field", "parts.0.x", "`parts.0.x` is no field here."),
    ('{"step": 35}', "invalid", None, "35 is taken."),
    ("[]", "invalid_type", None, "The body must be an object, not a list."),
    ('{"number": 7, "number": 8}', "duplicate_field", "number", "`number` is given twice in"),
    ('{"number": 7, "n\\u0075mber": 8}', "duplicate_field", "number", "is given twice in"),
    ('{"parts": [{"in": "red", "in": "green"}]}', "duplicate_field", "in", "is given twice"),
    ('{"either": "a\\u0000b"}', "invalid_json", None, "holds the character U+0000"),
    ('{"either": "a\\\\\\u0000b"}', "invalid_json", None, "holds the character U+0000"),
    ('{"either": "\\ud800"}', "invalid_json", None, "The body is not JSON in UTF-8."),
    ('{"share": NaN}', "invalid_json", None, "The body is not JSON in UTF-8."),
    ('{"share": -Infinity}', "invalid_json", None, "The body is not JSON in UTF-8."),
    ("", "invalid_json", None, "The body is not JSON in UTF-8."),
    ("{} {}", "invalid_json", None, "The body is not JSON in UTF-8."),
    ('{"number": 7,}', "invalid_json", None, "The body is not JSON in UTF-8."),
]


@pytest.mark.parametrize(("body", "code", "field", "sentence"), REFUSALS)
def test_each_refusal_says_what_to_do_about_which_field(
    body: str, code: str, field: str | None, sentence: str
) -> None:
    found_code, found_field, message = refused(body)

    assert (found_code, found_field) == (code, field)
    assert sentence in message
    assert message.endswith(".")


def test_a_missing_field_is_named_with_its_path() -> None:
    assert refused("{}", Needs) == ("required", "id", "`id` is required.")
    assert refused('[{"id": "1"}]', list[Needs])[:2] == ("required", "0.inner")


def test_text_that_is_not_utf_8_is_refused() -> None:
    assert refused(b'{"either": "\xff"}')[0] == "invalid_json"


@pytest.mark.parametrize("structure", [Everything, Needs, dict[str, Any], Any])
def test_a_bomb_of_brackets_is_refused(structure: Any) -> None:
    for body in (b'{"x":' + b"[" * 200_000, b'{"x":' + b"[" * 200_000 + b"]" * 200_000 + b"}"):
        assert refused(body, structure)[0] in {"invalid_json", "unknown_field"}


def test_a_body_above_the_bound_is_refused_unread() -> None:
    with pytest.raises(RequestRefused) as raised:
        decode(b"[" * 11, list[int], max_bytes=10)

    assert (raised.value.status_code, raised.value.error.code) == (413, "too_large")


def test_many_names_and_one_of_them_twice_do_not_take_long() -> None:
    names = [f'"{number}":1' for number in range(60_000)]
    body = "{" + ",".join([*names, names[-1]]) + "}"

    started_s = time.perf_counter()
    assert refused(body, dict[str, int])[:2] == ("duplicate_field", "59999")
    # Comparing every name with every other one takes minutes.
    assert time.perf_counter() - started_s < 2.0


@pytest.mark.parametrize(
    "body", ['{"word": "1234567890123456"}', '{"colour": "4111111111111111"}', '{"at": "4111111"}']
)
def test_a_refusal_never_repeats_a_value(body: str) -> None:
    sent = next(iter(json.loads(body).values()))

    assert sent not in " ".join(str(part) for part in refused(body))


def test_a_name_that_is_no_field_is_shown_short_and_printable() -> None:
    code, field, _ = refused(json.dumps({"`\n" + "x" * 300: 1}))

    assert (code, field) == ("unknown_field", "x" * 64)


def test_decimals_are_exact_and_times_keep_their_zone() -> None:
    body = b'{"amount": 1234567890123456.10, "at": "2026-01-31T12:00:00+01:00"}'

    decoded = decode(body, Everything)

    assert str(decoded.amount) == "1234567890123456.10"
    assert decoded.at == datetime.fromisoformat("2026-01-31T12:00:00+01:00")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "a\\\\u0000b", "[[[[", 'say \\"x\\", \\"x\\"'])
def test_words_that_only_look_dangerous_are_let_through(text: str) -> None:
    assert decode(f'{{"either": "{text}"}}'.encode(), Everything).either == json.loads(f'"{text}"')


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(body: bytes) -> None:
    try:
        decode(body, Everything)
    except RequestRefused as refusal:
        assert refusal.error.message  # noqa: PT017


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from([*Everything.__struct_encode_fields__])


@given(st.dictionaries(FIELDS, JSON, max_size=4))
def test_any_values_of_known_fields_are_decoded_or_refused(fields: dict[str, Any]) -> None:
    try:
        decode(json.dumps(fields).encode(), Everything)
    except RequestRefused as refusal:
        named = (refusal.error.field or "").split(".")[0]
        assert named in {*fields, ""} or refusal.error.code == "duplicate_field"  # noqa: PT017
