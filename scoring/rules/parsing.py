"""From text to Python's syntax tree, within limits that keep hostile text harmless."""

from __future__ import annotations

import ast
import re

from scoring.rules.problems import RuleRefused, refusal

# A rule that a person can still check by eye; the column in the database is as long.
MAX_LENGTH = 2000
# `a + b + c + …` nests one level for each operator.
MAX_DEPTH = 40
MAX_NODES = 400

# Copied from chats and documents; a line break inside quotes becomes a space too.
_BLANKS = re.compile(r"\s")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_HINTS = (
    (re.compile(r"(?<![=<>!:])=(?!=)"), "Write == to compare."),
    (re.compile(r"&&"), "Write and."),
    (re.compile(r"\|\|"), "Write or."),
    (re.compile(r"<>"), "Write != for unequal."),
    (re.compile(r"!(?!=)"), "Write not."),
    (re.compile("[“”„‘’«»]"), 'Write straight quotes: "text".'),
    (re.compile(r";"), "A rule is one expression."),
)


def parse_text(text: str) -> ast.expr:
    """Return the syntax tree of one expression, on one line, of bounded size.

    Raises
    ------
    RuleRefused
        For text that is empty, too long or deep, or no expression.

    Examples
    --------
    >>> parse_text("amount = 5")
    Traceback (most recent call last):
    scoring.rules.problems.RuleRefused: At character 8: Write == to compare.
    """
    if len(text) > MAX_LENGTH:
        raise refusal(MAX_LENGTH, f"A rule has at most {MAX_LENGTH} characters.")
    if not text.strip():
        raise refusal(1, "Write a condition, for instance amount > 1000.")
    line = _BLANKS.sub(" ", text)
    tree = _tree(line)
    _refuse_comment(line, tree)
    _refuse_size(tree)
    return tree


def position_of(node: ast.AST) -> int:
    """Return the character, from 1, at which a node of `parse_text` begins."""
    return int(getattr(node, "col_offset", 0)) + 1


def _tree(line: str) -> ast.expr:
    # Leading blanks would be an indentation.
    lead = len(line) - len(line.lstrip())
    try:
        tree = ast.parse(line[lead:], mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(line, lead, error) from None
    _count_characters(tree, line.encode(), lead)
    return tree


def _count_characters(tree: ast.expr, line: bytes, lead: int) -> None:
    """Put characters of the whole line where Python counted bytes from the first word on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.col_offset = len(line[: lead + node.col_offset].decode())
            node.end_col_offset = len(line[: lead + (node.end_col_offset or 0)].decode())


def _unreadable(line: str, lead: int, error: Exception) -> RuleRefused:
    bare = _QUOTED.sub(lambda quoted: "_" * len(quoted[0]), line)
    for pattern, sentence in _HINTS:
        found = pattern.search(bare)
        if found:
            return refusal(found.start() + 1, sentence)
    end = len(line.rstrip())
    # Python counts from 1 and gives 0 where the text ends too early.
    offset = (error.offset or end + 1) if isinstance(error, SyntaxError) else 1
    if lead + offset > end:
        return refusal(end + 1, "Something is missing at the end.")
    return refusal(lead + offset, "This cannot be read as part of an expression.")


def _refuse_comment(line: str, tree: ast.expr) -> None:
    """Refuse what Python would silently leave out: on one line a comment swallows conditions."""
    rest = line[tree.end_col_offset or 0 :]
    if rest.strip(" )"):
        position = len(line) - len(rest.lstrip(" )")) + 1
        raise refusal(position, "A rule has no comments: put them into its description.")


def _refuse_size(tree: ast.expr) -> None:
    level = [tree]
    nodes = depth = 0
    while level:
        nodes, depth = nodes + len(level), depth + 1
        if nodes > MAX_NODES or depth > MAX_DEPTH:
            raise refusal(1, "The rule is too long or too deep: make two of it.")
        children = [child for node in level for child in ast.iter_child_nodes(node)]
        level = [child for child in children if isinstance(child, ast.expr)]
