"""Whether a declared name can be the name in a machine-readable zone."""

from __future__ import annotations

import re
import unicodedata
from itertools import product

# Transliterations that ICAO Doc 9303 part 3, section 6.A recommends, with the second form that
# states use in practice where it permits one; every combination is tried.
TRANSLITERATIONS: dict[str, tuple[str, ...]] = {
    "Ä": ("AE", "A"),
    "Ö": ("OE", "O"),
    "Ü": ("UE", "UXX", "U"),
    "ẞ": ("SS",),
    "ß": ("SS",),
    "Å": ("AA", "A"),
    "Æ": ("AE",),
    "Ø": ("OE", "O"),
    "Œ": ("OE",),
    "Ñ": ("N", "NXX"),
    "Þ": ("TH",),
    "Ð": ("D",),
    "Đ": ("D",),
    "Ł": ("L",),
    "Ħ": ("H",),
    "Ŧ": ("T",),
    "İ": ("I",),
    "ı": ("I",),
    "Ĳ": ("IJ",),
    "Ŋ": ("N",),
}
# Four letters with three forms each; beyond it only the first form is tried.
MAX_VARIANTS = 81
MRZ_NAME_LENGTHS = {"TD1": 30, "TD2": 31, "TD3": 39, "MRVA": 39, "MRVB": 31}


def mrz_variants(name: str) -> frozenset[str]:
    """Return the ways a name may be written in a machine-readable zone.

    Parameters
    ----------
    name : str
        As people write it, in Latin letters with any diacritics.

    Returns
    -------
    frozenset of str
        Upper-case A–Z words separated by single spaces; empty when no such letter remains.

    References
    ----------
    ICAO Doc 9303 part 3, section 6.A (transliteration), 4.6 (apostrophes are dropped, hyphens
    become fillers).

    Examples
    --------
    >>> sorted(mrz_variants("Müller-Groß"))
    ['MUELLER GROSS', 'MULLER GROSS', 'MUXXLLER GROSS']
    >>> sorted(mrz_variants("O'Connor"))
    ['OCONNOR']
    """
    letters = [_forms(letter) for letter in _upper(name)]
    count = 1
    for forms in letters:
        count *= len(forms)
    if count > MAX_VARIANTS:
        letters = [forms[:1] for forms in letters]
    return frozenset(filter(None, (_words("".join(chosen)) for chosen in product(*letters))))


def names_agree(declared: str, read: str, *, is_truncated: bool = False) -> bool:
    """Whether a declared name can stand behind what was read.

    Parameters
    ----------
    declared, read : str
        The name as declared, and as read (fillers as spaces).
    is_truncated : bool
        The zone was full, so that the end of the name may be missing.

    Examples
    --------
    >>> names_agree("Jürgen", "JUERGEN")
    True
    >>> names_agree("Anna", "ANNA MARIA")
    True
    >>> names_agree("Maria", "ANNA MARIA")
    False
    >>> names_agree("Papadopoulou-Konstantinidou", "PAPADOPOULOU KONSTANT", is_truncated=True)
    True
    """
    words = _words(read.upper())
    if not words:
        return False
    return any(_agrees(variant, words, is_truncated) for variant in mrz_variants(declared))


def plain_name(name: str) -> str:
    """Return a name as capitals A–Z, diacritics dropped, words parted by single spaces.

    Examples
    --------
    >>> plain_name("D'Årc-Müller")
    'DARC MULLER'
    """
    plain = unicodedata.normalize("NFD", _upper(name).replace("ẞ", "SS"))
    return _words("".join(part for part in plain if not unicodedata.combining(part)))


def _agrees(declared: str, read: str, is_truncated: bool) -> bool:  # noqa: FBT001 - inner step
    if declared == read:
        return True
    # Fewer given names declared than the document carries: whole words, from the first on.
    if read.startswith(declared + " "):
        return True
    if declared.replace(" ", "") == read.replace(" ", ""):
        return True
    return is_truncated and declared.startswith(read)


def _upper(name: str) -> str:
    # Composed, so that a letter and its diacritic are one key of the table; ß has no upper case.
    return unicodedata.normalize("NFC", name).replace("ß", "ẞ").upper()


def _forms(letter: str) -> tuple[str, ...]:
    if letter in TRANSLITERATIONS:
        return TRANSLITERATIONS[letter]
    plain = unicodedata.normalize("NFD", letter)
    return ("".join(part for part in plain if not unicodedata.combining(part)),)


def _words(text: str) -> str:
    without_apostrophes = re.sub(r"['’`ʼ]", "", text)
    return " ".join(re.findall(r"[A-Z]+", without_apostrophes))
