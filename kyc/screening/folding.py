"""Names as they are compared: plain letters, and what they sound like.

Lists write one person in many ways: "Muḥammad" and "Mohamed" are the same name. Folding takes a
name to lower-case words of a–z; its sound takes away what transliterations differ in.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

# Chinese, Japanese and Korean write no spaces between words, so each sign becomes a word. Kana stay
# together: one word of a name is several of them.
UNSPACED = re.compile(r"([㐀-䶿一-鿿豈-﫿가-힯])")
# Any letter but the Latin, Greek, Cyrillic, Armenian and Georgian ones (Unicode, Blocks.txt).
NOT_SPELT_OUT = re.compile(
    r"[^\W\d_"
    r"\u0000-\u058f\u10a0-\u10ff\u1c80-\u1cbf\u1d00-\u1fff\u2c60-\u2c7f\u2d00-\u2d2f"
    r"\ua640-\ua69f\ua720-\ua7ff\uab30-\uab6f]"
)
WORD = re.compile(r"[a-z]+")
# Dropped rather than made a space: O'Connor is one word, Qur’an too. The last three are the marks
# of Semitic letters (ʿayn, hamza) and of the soft sign.
JOINERS = re.compile(r"['’`´ʼʾʿʹ]")

# Titles say who somebody is, not what they are called.
TITLES = frozenset({
    "dr", "mr", "mrs", "ms", "prof", "sir", "haji", "hajj", "hajji", "mullah", "sheikh",
    "shaikh", "maulavi", "mawlawi", "jr", "sr",
})  # fmt: skip
# Come and go between two spellings of one name, and are part of too many to tell people apart.
PARTICLES = frozenset({
    "al", "el", "ul", "bin", "ibn", "ben", "bint", "abd", "de", "del", "della", "di", "da",
    "do", "dos", "das", "la", "le", "las", "los", "van", "von", "der", "den", "ter", "zu",
    "y", "e", "i", "und",
})  # fmt: skip

# What transliterations of one name differ in, longest first. Fitted on no data: from the tables of
# ISO 9 / BGN/PCGN (Cyrillic), ALA-LC (Arabic, Persian) and Pinyin / Wade-Giles, as Latin newspapers
# write them. Each is "either side may have written": the result is nobody's spelling.
SOUNDS: tuple[tuple[str, str], ...] = (
    ("shch", "s"), ("sch", "s"), ("tch", "c"), ("tsh", "c"), ("dzh", "g"), ("chr", "kr"),
    ("you", "u"), ("iou", "u"), ("eou", "u"),
    ("kh", "h"), ("gh", "g"), ("zh", "g"), ("sh", "s"), ("ch", "c"), ("ph", "f"), ("th", "t"),
    ("dh", "d"), ("dj", "g"), ("ts", "s"), ("tz", "s"), ("cz", "c"), ("sz", "s"), ("ck", "k"),
    ("ks", "x"), ("qu", "k"), ("gu", "g"), ("ou", "u"), ("oo", "u"), ("ee", "i"), ("ie", "i"),
    ("ei", "i"), ("ey", "i"), ("ay", "ai"), ("yu", "u"), ("iu", "u"), ("ju", "u"), ("ya", "a"),
    ("ia", "a"), ("ja", "a"), ("yo", "o"), ("io", "o"), ("jo", "o"), ("ye", "i"), ("ae", "i"),
    ("oe", "o"), ("ue", "u"), ("q", "k"), ("c", "k"), ("w", "v"), ("y", "i"), ("z", "s"),
    ("j", "g"),
)  # fmt: skip
SOUND = re.compile("|".join(re.escape(spelling) for spelling, _ in SOUNDS))
SOUND_OF = dict(SOUNDS)
DOUBLED = re.compile(r"([a-z])\1+")
# Unstressed vowels are where spellings differ most: Mohamed, Muhammad; Olexiy, Oleksii.
VOWELS = str.maketrans("oe", "ui")
SILENT_H = re.compile(r"(?<=[a-z])h$")


@lru_cache(maxsize=16_384)
def fold(name: str) -> str:
    """Return a name as lower-case words of a–z, in the order in which they were written.

    Parameters
    ----------
    name : str
        In any script.

    Returns
    -------
    str
        Words separated by single spaces; empty when no letter remains.

    Examples
    --------
    >>> fold("Müller-Groß, Dr. Zoë")
    'muller gross zoe'
    >>> fold("Владимир Иванов"), fold("O’Connor"), fold("习近平")
    ('vladimir ivanov', 'oconnor', 'xi jin ping')
    """
    composed = JOINERS.sub("", unicodedata.normalize("NFKC", name))
    plain = anyascii(UNSPACED.sub(r" \1 ", composed))
    words = WORD.findall(JOINERS.sub("", plain).lower())
    return " ".join([word for word in words if word not in TITLES] or words)


def is_spelt_out(name: str) -> bool:
    """Whether a name is in letters that fold to what its Latin spelling folds to.

    Arabic and Hebrew write no short vowels, of a Chinese sign the folding knows one reading, and
    Korean names have Latin spellings of their own: a Latin name mostly does not find those.

    Examples
    --------
    >>> is_spelt_out("Владимир Иванов"), is_spelt_out("محمد علي")
    (True, False)
    """
    return NOT_SPELT_OUT.search(unicodedata.normalize("NFKC", name)) is None


def sound(folded: str) -> str:
    """Return what a folded name sounds like, word by word; spellings of one name mostly agree.

    Examples
    --------
    >>> sound("yusuf"), sound("yousef")
    ('usuf', 'usif')
    >>> sound("qadhafi") == sound("kadafi"), sound("sergey") == sound("sergei")
    (True, True)
    """
    return " ".join(_sound_of_word(word) for word in folded.split())


@lru_cache(maxsize=65_536)
def _sound_of_word(word: str) -> str:
    heard = SOUND.sub(lambda match: SOUND_OF[match.group()], word)
    heard = DOUBLED.sub(r"\1", SILENT_H.sub("", heard).translate(VOWELS))
    return heard or word
