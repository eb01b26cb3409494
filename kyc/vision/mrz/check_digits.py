"""The check digit of ICAO Doc 9303."""

from __future__ import annotations

FILLER = "<"
WEIGHTS = (7, 3, 1)
MODULUS = 10
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CHARACTERS = frozenset(ALPHABET + FILLER)


def character_value(character: str) -> int:
    """Number that a character stands for: digits themselves, A–Z 10–35, the filler 0.

    Parameters
    ----------
    character : str
        One of ``0-9 A-Z <``.

    Raises
    ------
    ValueError
        For any other character.

    References
    ----------
    ICAO Doc 9303 part 3, §4.9.

    Examples
    --------
    >>> character_value("7"), character_value("A"), character_value("<")
    (7, 10, 0)
    """
    if character == FILLER:
        return 0
    value = ALPHABET.find(character) if len(character) == 1 else -1
    if value < 0:
        raise ValueError(f"{character!r} cannot stand in a machine-readable zone")
    return value


def check_digit(text: str) -> str:
    """Check digit of a run of characters.

    Each character's value is multiplied by 7, 3, 1, 7, 3, 1 … from the left; the digit is the
    remainder of the sum on division by ten.

    Parameters
    ----------
    text : str
        Characters ``0-9 A-Z <``; the empty text gives "0".

    Returns
    -------
    str
        One digit.

    Notes
    -----
    It finds every single wrong digit, but not every wrong letter: values ten apart cannot be told
    from each other. Among characters that look alike those are 6 and G; A, K, U and the filler
    stand for the same as 0.

    References
    ----------
    ICAO Doc 9303 part 3, §4.9 and appendix A to part 3.

    Examples
    --------
    >>> check_digit("520727"), check_digit("AB2134<<<")
    ('3', '5')
    """
    total = sum(
        character_value(character) * WEIGHTS[index % len(WEIGHTS)]
        for index, character in enumerate(text)
    )
    return str(total % MODULUS)


def are_alike_to_digits(one: str, other: str) -> bool:
    """Whether no check digit tells two characters apart.

    Examples
    --------
    >>> are_alike_to_digits("6", "G"), are_alike_to_digits("0", "O")
    (True, False)
    """
    return (character_value(one) - character_value(other)) % MODULUS == 0
