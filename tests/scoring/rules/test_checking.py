"""What the language refuses, in which words and where."""

from __future__ import annotations

import ast
import string
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.rules import NameSpec, RuleRefused, RuleSchema, ValueType
from scoring.rules.checking import parse
from scoring.rules.expression import Arithmetic, Comparison, Constant
from scoring.rules.parsing import MAX_DEPTH, MAX_LENGTH, MAX_NODES
from tests.scoring.rules.grammar import SCHEMA as GRAMMAR
from tests.scoring.rules.grammar import expressions

SCHEMA = RuleSchema.of(
    [
        NameSpec("amount", ValueType.NUMBER),
        NameSpec("country", ValueType.TEXT, "two capital letters", pattern="[A-Z]{2}"),
        NameSpec("kind", ValueType.TEXT, words=frozenset({"payment", "transfer"})),
        NameSpec("note", ValueType.TEXT),
        NameSpec("is_new", ValueType.FLAG),
    ]
)


NO_COMMENTS = "A rule has no comments: put them into its description."
OF_PYTHON = [
    *("amount", "note", "is_new", "kind", "1", "'DE'", "True", "None", "min", "is_missing", "x"),
    *("and", "or", "not", "in", "is", "if", "else", "for", "lambda", "(", ")", "[", "]", "{", "}"),
    *("<", "==", "=", "+", "/", "*", "**", ",", ".", ":"),
]


def problems_of(text: str) -> list[str]:
    with pytest.raises(RuleRefused) as refused:
        parse(text, SCHEMA)
    return [str(problem) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1: Write a condition, for instance amount > 1000."),
        (" \n ", "1: Write a condition, for instance amount > 1000."),
        ("amonut > 1", "1: There is no name amonut. Did you mean amount?"),
        ("amount > 1 and zzz", "16: There is no name zzz."),
        ("is_new == true", "11: There is no name true. Did you mean True?"),
        ("amount == null", "11: Write is_missing(…) for what is not known."),
        ("amount == None", "11: Write is_missing(…) for what is not known."),
        ("amount is 1", "11: Write == to compare, or is_missing(…) for what is not known."),
        ("amount = 5", "8: Write == to compare."),
        ("amount > 1 && is_new", "12: Write and."),
        ("amount > 1 || is_new", "12: Write or."),
        ("(amount > 1) & is_new", "16: Write and."),
        ("! is_new", "1: Write not."),
        ("~is_new", "1: Write not."),
        ("amount <> 1", "8: Write != for unequal."),
        ("note == “x”", '9: Write straight quotes: "text".'),
        ("amount > 5; is_new", "11: A rule is one expression."),
        ("amount >", "9: Something is missing at the end."),
        ('note == "a;b" and (', "19: This cannot be read as part of an expression."),
        ("amount > 1)", "11: This cannot be read as part of an expression."),
        ("amount > 5 # and is_new", f"12: {NO_COMMENTS}"),
        ("amount > 5 or (is_new) # )", f"24: {NO_COMMENTS}"),
        ("amount > 5 # a\n and is_new", f"12: {NO_COMMENTS}"),
        ("amount", "1: amount is a number, not a condition: compare it with something."),
        ("kind or is_new", "1: kind is a text, not a condition: compare it with something."),
        ("not amount", "5: amount is a number, not a condition: compare it with something."),
        ("True", "1: This is always the same: a condition looks at something."),
        ("is_new or True", "11: This is always the same: a condition looks at something."),
        ("1 < 2", "1: Both sides are always the same."),
        ("amount == country", "1: A number cannot be compared with a text."),
        ("is_new == True", "1: A flag is a condition by itself: write it alone, or with not."),
        ("note < 'a'", "1: Texts have no order: compare them by == or !=, or with in."),
        ("note + 1 == 'b'", "1: note is a text where a number is needed."),
        ("'a' * 1000 == note", "1: 'a' is a text where a number is needed."),
        ("kind == 'paymnt'", "9: kind is never 'paymnt'. Did you mean payment?"),
        ("kind == 'gift'", "9: kind is never 'gift'. It is one of payment, transfer."),
        ("'gift' != kind", "1: kind is never 'gift'. It is one of payment, transfer."),
        ("kind in ('a', 'payment')", "10: kind is never 'a'. It is one of payment, transfer."),
        ("country == 'de'", "12: country is never 'de'. It is two capital letters."),
        ("country in 'DE'", '12: After in stands a list: ("DE",) or ("DE", "FR").'),
        ("country in ()", '12: After in stands a list: ("DE",) or ("DE", "FR").'),
        ("country in ('DE', 5)", "19: country is a text; 5 is none."),
        ("country in (note, 'DE')", "13: A list holds numbers or texts as written, no names."),
        ("5 in (5, 6)", "1: Before in stands a number or a text that can vary."),
        ("is_new in (True,)", "1: Before in stands a number or a text that can vary."),
        ("amount > (1, 2)", "10: A list stands after in only."),
        ("note == ''", "9: An empty text is a missing one: write is_missing(…)."),
        ("note == '" + "a" * 101 + "'", "9: A text has at most 100 characters."),
        ("amount > 1 / 0", "10: This number is too large, or divides by zero."),
        ("amount > 1e16", "10: This number is too large, or divides by zero."),
        ("amount > 1e400", "10: This number is too large, or divides by zero."),
        ("amount > 1e15 * 10", "10: This number is too large, or divides by zero."),
        ("amount > " + "9" * 500, "10: This number is too large, or divides by zero."),
        ("amount > 9 ** 9 ** 9", "15: Of operators on numbers there are + - * /."),
        ("amount % 2 == 1", "10: Of operators on numbers there are + - * /."),
        ("amount > abs", "10: abs is a function: write abs(…)."),
        ("amount > abs(1, 2)", "10: abs(…) takes one value."),
        ("amount > min(1)", "10: min(…) takes two values or more, up to 8."),
        ("amount > min(1, note)", "17: note is a text where a number is needed."),
        ("amount > min(*note)", "10: min(…) takes plain values only."),
        ("amount > min(1, 2, key=abs)", "10: min(…) takes plain values only."),
        ("is_missing(3)", "12: 3 is never missing."),
        ("coalesce(3, amount) > 1", "10: 3 is never missing."),
        ("coalesce(amount, note) > 1", "18: The values of coalesce(…) are all of one type."),
        (
            "minn(amount, 1) > 1",
            "1: There is no such function. Did you mean min?",
        ),
        (
            "__import__('os')",
            "1: There is no such function. There are abs, coalesce, is_missing, max, min.",
        ),
        (
            "note.upper() == 'X'",
            "1: There is no such function. There are abs, coalesce, is_missing, max, min.",
        ),
        ("note.real == 'X'", "1: A dot stands in numbers only."),
        ("note[0] == 'X'", "1: Square brackets stand after in only."),
        ("1 if is_new else 2", "1: There is no if: join conditions by and, or, not."),
        ("lambda: is_new", "1: This is not part of the language."),
        ("[x for x in note]", "1: This is not part of the language."),
        ("f'{amount}' == note", "1: This is not part of the language."),
        ("(is_new := 3)", "2: This is not part of the language."),
        ("note == b'x'", "9: This is not part of the language."),
        ("amount > 3j", "10: This is not part of the language."),
        ("amount > ...", "10: This is not part of the language."),
        ("await is_new", "1: This is not part of the language."),
        ("1 + 1 == amount * 0 + 1 / (1 - 1)", "23: This number is too large, or divides by zero."),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_where(text: str, problem: str) -> None:
    assert problems_of(text) == [f"At character {problem}"]


def test_every_problem_is_told_at_once_in_order() -> None:
    text = "amonut > 1 and kind == 'gift' or note < 'b'"

    assert [problem.split(":")[0] for problem in problems_of(text)] == [
        "At character 1",
        "At character 24",
        "At character 34",
    ]


def test_positions_count_characters_behind_letters_of_several_bytes() -> None:
    assert problems_of("  note == 'éé\u00a0漢' and\u00a0zzz") == [
        "At character 22: There is no name zzz."
    ]


@pytest.mark.parametrize(
    "text",
    [
        "amount > 1\n  and is_new",
        "  amount > 1 and is_new  ",
        "\tamount\u00a0> 1 and is_new",
        "(amount > 1) and (is_new)",
    ],
)
def test_blanks_and_brackets_change_nothing(text: str) -> None:
    assert parse(text, SCHEMA) == parse("amount > 1 and is_new", SCHEMA)


def test_numbers_are_worked_out_once() -> None:
    number = ValueType.NUMBER

    assert parse("amount > -(24 * 60) / max(2, 3) + abs(-1)", SCHEMA) == Comparison(
        ">", parse("amount > 1", SCHEMA).left, Constant(-479.0, number)
    )
    assert isinstance(parse("amount + 1 > 2", SCHEMA).left, Arithmetic)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 150 + "amount" + ")" * 150 + " > 1 and zzz",
        "(" * 900,
        "-" * 1500 + "amount > 1",
        "not " * 400 + "is_new",
        "[" * 1900,
        "amount > " + "+".join(["1"] * (MAX_DEPTH + 1)),
        "amount in (" + "1," * 101 + ")",
        " or ".join(["is_new"] * (MAX_NODES + 1)),
        "x" * (MAX_LENGTH + 1),
        "'" * 1999,
        "amount > 0x" + "f" * 1900,
        "a" * 1900 + " > 1",
        "{" * 1000 + "}" * 1000,
    ],
)
def test_hostile_text_is_refused_quickly(text: str) -> None:
    began = time.process_time()

    assert problems_of(text)
    # A hundredfold of what it takes; a rule that blew up would take minutes.
    assert time.process_time() - began < 2


def is_rule_or_refused_within(text: str) -> bool:
    try:
        parse(text, SCHEMA)
    except RuleRefused as refused:
        return all(1 <= problem.position <= len(text) + 1 for problem in refused.problems)
    return True


@given(st.text(alphabet=string.printable + "éß漢\u2028\0", max_size=60))
def test_any_text_is_a_rule_or_is_refused_with_its_position(text: str) -> None:
    assert is_rule_or_refused_within(text)


@given(st.lists(st.sampled_from(OF_PYTHON), max_size=14).map(" ".join))
def test_any_words_of_python_are_a_rule_or_are_refused(text: str) -> None:
    assert is_rule_or_refused_within(text)


@given(expressions())
def test_what_the_grammar_writes_is_accepted_however_python_prints_it(text: str) -> None:
    assert parse(ast.unparse(ast.parse(text, mode="eval")), GRAMMAR) == parse(text, GRAMMAR)
