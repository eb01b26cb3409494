"""Whether a name as people write it can be the name in a machine-readable zone."""

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
    "Ŀ": ("L",),
    "Ħ": ("H",),
    "Ŧ": ("T",),
    "İ": ("I",),
    "ı": ("I",),
    "Ĳ": ("IJ",),
    "Ŋ": ("N",),
    "ĸ": ("Q",),
    "Ə": ("E", "A"),
}
# Section 6.B, Cyrillic; second forms are those of the languages that the table names and the
# romanisations that passports carried before it.
CYRILLIC: dict[str, tuple[str, ...]] = {
    "А": ("A",), "Б": ("B",), "В": ("V",), "Г": ("G", "H"), "Ґ": ("G",), "Д": ("D",),
    "Ђ": ("D", "DJ"), "Ѓ": ("G",), "Е": ("E", "IE", "YE"), "Ё": ("E", "IO", "YO"),
    "Є": ("IE", "YE"),
    "Ж": ("ZH", "Z"), "З": ("Z",), "Ѕ": ("DZ",), "И": ("I", "Y"), "І": ("I",), "Ї": ("I", "YI"),
    "Й": ("I", "Y"), "Ј": ("J",), "К": ("K",), "Л": ("L",), "Љ": ("LJ",), "М": ("M",), "Н": ("N",),
    "Њ": ("NJ",), "О": ("O",), "П": ("P",), "Р": ("R",), "С": ("S",), "Т": ("T",), "Ћ": ("C",),
    "Ќ": ("K",), "У": ("U",), "Ў": ("U",), "Ф": ("F",), "Х": ("KH", "H"), "Ц": ("TS", "C"),
    "Ч": ("CH", "C"), "Џ": ("DZ",), "Ш": ("SH", "S"), "Щ": ("SHCH", "SHT"), "Ъ": ("IE", "", "A"),
    "Ы": ("Y",), "Ь": ("",), "Э": ("E",), "Ю": ("IU", "YU"), "Я": ("IA", "YA"),
}  # fmt: skip
# Four letters with three forms each; beyond it only the first form is listed.
MAX_VARIANTS = 81

APOSTROPHES = "'’`ʼ´"
SEPARATORS = " -–‐.,/"


def mrz_variants(name: str) -> frozenset[str]:
    """Return the ways a name may be written in a machine-readable zone.

    Parameters
    ----------
    name : str
        As people write it, in Latin letters with any diacritics, or in Cyrillic.

    Returns
    -------
    frozenset of str
        Upper-case A–Z words separated by single spaces; empty when no such letter remains.

    References
    ----------
    ICAO Doc 9303 part 3, section 6.A and 6.B (transliteration), 4.6 (apostrophes are dropped,
    hyphens become fillers).

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

    Every permitted form of every letter is followed at once, so long names are compared in full.

    Parameters
    ----------
    declared, read : str
        The name as declared, and as read (fillers as spaces).
    is_truncated : bool
        The zone was full, so that the end of the name, or of each word of it, may be missing.

    References
    ----------
    ICAO Doc 9303 part 3, section 4.2 (truncation of names).

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
    >>> names_agree("Nilavadhanananda Chayapa", "NILAVADHANANANDA C", is_truncated=True)
    True
    """
    words = _words(_upper(read))
    letters = [_forms(letter) for letter in _upper(declared) if letter.isalpha()]
    if not words or not any(form for forms in letters for form in forms):
        return False
    if _reaches(letters, words):
        return True
    return is_truncated and _each_is_a_start(declared, words)


def plain_name(name: str) -> str:
    """Return a name as capitals A–Z, diacritics dropped, words parted by single spaces.

    Examples
    --------
    >>> plain_name("D'Årc-Müller")
    'DARC MULLER'
    """
    plain = unicodedata.normalize("NFD", _upper(name).replace("ẞ", "SS"))
    return _words("".join(part for part in plain if not unicodedata.combining(part)))


def _reaches(letters: list[tuple[str, ...]], read: str) -> bool:
    """Whether some form of the letters, one after the other, is the name read or its first words.

    A set of places in `read` is carried along; a space is passed on either side at no price, so
    that "Annamaria" is ANNA MARIA.
    """
    places = {0}
    for forms in letters:
        places = {
            start + len(form)
            for place in places
            for start in _starts(read, place)
            for form in forms
            if read.startswith(form, start)
        }
    return any(place == len(read) or read[place] == " " for place in places)


def _starts(read: str, place: int) -> tuple[int, ...]:
    return (place, place + 1) if read[place : place + 1] == " " else (place,)


def _each_is_a_start(declared: str, read: str) -> bool:
    """Whether each word read is the start of a word declared, in their order, initials included."""
    waiting = iter(_words_of(declared))
    first, *further = read.split()
    # The first word is never left out; of the others as many as there is no room for.
    return _begins(next(waiting, ""), first) and all(
        any(_begins(word, start) for word in waiting) for start in further
    )


def _begins(declared: str, start: str) -> bool:
    """Whether some form of a declared word begins with the letters read."""
    places = {0}
    for forms in map(_forms, declared):
        nearing = set()
        for place in places:
            for form in forms:
                if form and form.startswith(start[place:]):
                    return True
                if start.startswith(form, place):
                    nearing.add(place + len(form))
        places = nearing
    return False


def _words_of(name: str) -> list[str]:
    separators = "[" + re.escape(SEPARATORS) + "]+"
    return [word for word in re.split(separators, _upper(name)) if word]


def _upper(name: str) -> str:
    # Composed, so that a letter and its diacritic are one key of the table; ß has no upper case.
    return unicodedata.normalize("NFC", name).replace("ß", "ẞ").upper()


def _forms(letter: str) -> tuple[str, ...]:
    if letter in TRANSLITERATIONS:
        return TRANSLITERATIONS[letter]
    if letter in CYRILLIC:
        return CYRILLIC[letter]
    plain = unicodedata.normalize("NFD", letter)
    kept = "".join(part for part in plain if not unicodedata.combining(part))
    return (kept,)


def _words(text: str) -> str:
    without_apostrophes = re.sub(f"[{APOSTROPHES}]", "", text)
    return " ".join(re.findall(r"[A-Z]+", without_apostrophes))
