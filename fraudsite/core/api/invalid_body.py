"""What msgspec says about a body, in a code, a sentence a person can act on, and a dotted field.

msgspec tells a refusal by its text alone; the texts are those of the pinned version, and the tests
hold every one of them. No value that was sent is repeated: it may be a card number.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fraudsite.core.api.errors import ApiError

WHERE = re.compile(r" - at (?:`key` in )?`(?P<path>\$[^`]*)`$")
STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
MISSING = re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL)
UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL)
EXPECTED = re.compile(
    r"Expected `(?P<type>[^`]+)`(?:, got `(?P<got>[^`]+)`)?(?P<rest>.*)", re.DOTALL
)
BOUND = re.compile(r" (?P<sign>>=|<=|>|<) (?P<bound>.+)")
LENGTH = re.compile(r" of length (?P<sign>>=|<=|==) (?P<bound>\d+)")
PATTERN = re.compile(r" matching regex '?(?P<pattern>.*?)'?", re.DOTALL)
MULTIPLE = re.compile(r" that's a multiple of (?P<bound>.+)")

NOUNS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "null": "null",
    "array": "a list",
    "object": "an object",
    "decimal": "a decimal number such as 12.50",
    "datetime": "a time such as 2026-01-31T12:00:00Z",
    "date": "a date such as 2026-01-31",
    "uuid": "a UUID",
}
SIGNS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than", "==": "exactly"}
INVALID = {
    "Invalid RFC3339 encoded datetime": ("invalid_format", NOUNS["datetime"]),
    "Invalid RFC3339 encoded date": ("invalid_format", NOUNS["date"]),
    "Invalid UUID": ("invalid_format", NOUNS["uuid"]),
    "Invalid decimal string": ("invalid_format", NOUNS["decimal"]),
    "Number out of range": ("out_of_range", "a number that fits 64 bits"),
    "Integer value out of range": ("out_of_range", "a whole number that fits 64 bits"),
}
# Longer than any field's name.
MAX_NAME = 64


def describe_invalid(text: str, structure: Any) -> ApiError:
    """Return the error for msgspec's text about a body that should have been `structure`.

    Examples
    --------
    >>> error = describe_invalid("Expected `int`, got `str` - at `$.lines[2].amount_minor`", None)
    >>> error.code, error.field
    ('invalid_type', 'lines.2.amount_minor')
    >>> error.message
    '`lines.2.amount_minor` must be a whole number, not a text.'
    """
    where = WHERE.search(text)
    what = text[: where.start()] if where else text
    steps = [name or position for name, position in STEP.findall(where["path"] if where else "$")]
    return (
        _of_names(what, steps)
        or _of_choice(what, steps, structure)
        or _of_expectation(what, steps)
        or _of_format(what, steps)
        # What a structure's own __post_init__ says.
        or ApiError("invalid", what, _field(steps))
    )


def must(code: str, steps: list[str], wanted: str) -> ApiError:
    """Return the error that says how the value at a path must be instead."""
    subject = f"`{'.'.join(steps)}`" if steps else "The body"
    return ApiError(code, f"{subject} {wanted}.", _field(steps))


def shown_name(name: str) -> str:
    """Return a field's name as it may be shown, whatever somebody typed there."""
    return "".join(c for c in name if c.isprintable() and c != "`")[:MAX_NAME]


def _of_names(what: str, steps: list[str]) -> ApiError | None:
    if match := MISSING.fullmatch(what):
        return must("required", [*steps, match["name"]], "is required")
    if match := UNKNOWN.fullmatch(what):
        return must("unknown_field", [*steps, shown_name(match["name"])], "is no field here")
    return None


def _of_choice(what: str, steps: list[str], structure: Any) -> ApiError | None:
    if not what.startswith("Invalid enum value"):
        return None
    choices = dict.fromkeys(_choices(msgspec.inspect.type_info(structure), steps))
    return must("invalid_choice", steps, f"must be one of {', '.join(choices)}")


def _of_expectation(what: str, steps: list[str]) -> ApiError | None:
    match = EXPECTED.fullmatch(what)
    if match is None:
        return None
    if match["got"]:
        nouns = " or ".join(NOUNS.get(name, name) for name in match["type"].split(" | "))
        got = NOUNS.get(match["got"], match["got"]).partition(" such as")[0]
        got = "a number with a point" if match["got"] == "float" else got
        return must("invalid_type", steps, f"must be {nouns}, not {got}")
    return _of_constraint(match["type"], match["rest"], steps)


def _of_constraint(kind: str, rest: str, steps: list[str]) -> ApiError | None:
    if bound := BOUND.fullmatch(rest):
        limit = bound["bound"].removesuffix(".0")
        return must("out_of_range", steps, f"must be {SIGNS[bound['sign']]} {limit}")
    if length := LENGTH.fullmatch(rest):
        unit = "characters" if kind == "str" else "entries"
        wanted = f"must have {SIGNS[length['sign']]} {length['bound']} {unit}"
        return must("invalid_length", steps, wanted)
    if pattern := PATTERN.fullmatch(rest):
        return must("invalid_format", steps, f"must have the form {pattern['pattern']}")
    if multiple := MULTIPLE.fullmatch(rest):
        return must("out_of_range", steps, f"must be a multiple of {multiple['bound']}")
    if rest == " with a timezone component":
        return must("invalid_format", steps, f"must name its zone: {NOUNS['datetime']}")
    return None


def _of_format(what: str, steps: list[str]) -> ApiError | None:
    if what not in INVALID:
        return None
    code, noun = INVALID[what]
    return must(code, steps, f"must be {noun}")


def _field(steps: list[str]) -> str | None:
    return ".".join(steps) or None


def _choices(info: Any, steps: list[str]) -> list[str]:
    """Return the words permitted at a path, by walking the types along it."""
    if isinstance(info, msgspec.inspect.LiteralType):
        return [str(value) for value in info.values]
    if isinstance(info, msgspec.inspect.EnumType):
        return [str(member.value) for member in info.cls]
    return [word for inner, rest in _inside(info, steps) for word in _choices(inner, rest)]


def _inside(info: Any, steps: list[str]) -> list[tuple[Any, list[str]]]:
    """Return the types one step further along the path, and what is left of it."""
    if isinstance(info, msgspec.inspect.Metadata):
        return [(info.type, steps)]
    if isinstance(info, msgspec.inspect.UnionType):
        return [(member, steps) for member in info.types]
    if isinstance(info, msgspec.inspect.StructType):
        named = [field.type for field in info.fields if steps and field.encode_name == steps[0]]
        return [(member, steps[1:]) for member in named]
    if isinstance(info, msgspec.inspect.ListType):
        return [(info.item_type, steps[1:])]
    # msgspec does not name the key, so no step stands for it.
    return [(info.value_type, steps)] if isinstance(info, msgspec.inspect.DictType) else []
