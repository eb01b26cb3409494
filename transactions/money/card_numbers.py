"""Does a text carry a card number? Such input is refused before anybody stores or logs it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# ISO/IEC 7812-1: a primary account number has at most 19 digits; no scheme issues fewer than 13
# that a payment would carry (12 is Maestro's lower bound on paper, and half of all order numbers).
MIN_DIGITS, MAX_DIGITS = 13, 19

# Digits joined by at most two spaces or dashes; `_plain` has mapped every kind of them to these.
_RUN = re.compile(r"[0-9](?:[ -]{0,2}[0-9]){12,}")
_GROUP = re.compile(r"[0-9]+")
_UUID = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])", re.I)
# Digests and random ids. Of random 32-digit ones two in a thousand hold a Luhn-valid run.
_HEX_ID = re.compile(r"(?<![0-9a-z])(?=[0-9]*[a-f])[0-9a-f]{24,}(?![0-9a-z])", re.I)
# Separators that printed and typed card numbers use, beside all that Unicode calls space or dash.
_DASH_LIKE = "\N{MINUS SIGN}\N{MIDDLE DOT}\N{BULLET}"


def looks_like_pan(text: str) -> bool:
    """Whether a text holds what may be a card number: 13–19 digits that pass the Luhn check.

    1. Digits of any script count; spaces, dashes and invisible characters between them do not.
    2. UUIDs and hexadecimal ids of 24 and more digits are passed over.
    3. Any neighbouring groups of digits that make up such a number count, so that one is found
       behind a house number too. A run of 20 and more digits without a gap is no card number.
    4. The first digits must be some issuer's: see `_may_be_issued`.

    A purely numeric id that fits by chance is refused as well (one in ten of those that begin like
    a card): ids of integrators carry a letter or more than 19 digits.

    References
    ----------
    ISO/IEC 7812-1:2017, §4 (structure) and annex B (check digit).

    Examples
    --------
    >>> looks_like_pan("card 4111-1111 1111 1111, thanks")
    True
    >>> looks_like_pan("4111111111111112"), looks_like_pan("tok_8a1f4111")
    (False, False)
    """
    if len(text) < MIN_DIGITS:
        return False
    plain = _plain(text)
    if not _RUN.search(plain):
        return False
    plain = _HEX_ID.sub("_", _UUID.sub("_", plain))
    return any(
        _may_be_issued(digits) and passes_luhn(digits)
        for run in _RUN.findall(plain)
        for digits in _candidates(_GROUP.findall(run))
    )


def passes_luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others.

    References
    ----------
    ISO/IEC 7812-1:2017, annex B.

    Examples
    --------
    >>> passes_luhn("79927398713"), passes_luhn("79927398710")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _may_be_issued(digits: str) -> bool:
    """Whether a number may begin like this.

    ISO/IEC 7812-1 gives 0 to nobody who issues payment cards and 1 to airlines (UATP: 15 digits).
    Of 2, cards are 2200–2204 (Mir) and 2221–2720 (Mastercard), from 16 digits on. So times such as
    20261121084955 and Unix milliseconds pass.
    """
    if digits[0] == "0":
        return False
    if digits[0] == "1":
        return len(digits) == 15
    if digits[0] == "2":
        prefix = int(digits[:4])
        return len(digits) >= 16 and (2200 <= prefix <= 2204 or 2221 <= prefix <= 2720)
    return True


def _candidates(groups: list[str]) -> Iterator[str]:
    """Yield every joining of neighbouring groups that has the length of a card number."""
    for first in range(len(groups)):
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) > MAX_DIGITS:
                break
            if len(digits) >= MIN_DIGITS:
                yield digits


def _plain(text: str) -> str:
    if text.isascii():
        return text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    return "".join(_plain_character(character) for character in text)


def _plain_character(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(character)
    # Invisible ones (zero-width spaces, soft hyphens, joiners, variation selectors) fall out.
    if category in {"Cf", "Mn"}:
        return ""
    if category in {"Zs", "Zl", "Zp"} or character in "\t\n\r":
        return " "
    if category == "Pd" or character in _DASH_LIKE:
        return "-"
    return character
