"""What documents print above or before their fields, and which field it announces."""

from __future__ import annotations

import re
import unicodedata
from types import MappingProxyType
from typing import Literal

from rapidfuzz import fuzz

FieldName = Literal[
    "surname", "given_names", "document_number", "birth_date", "expiry_date", "issue_date",
    "nationality",
]  # fmt: skip

# As printed on passports, cards and licences of many states, without diacritics. ICAO Doc 9303-3
# §3.5 asks for one of English, French and Spanish beside the state's own language.
LABELS: MappingProxyType[FieldName, tuple[str, ...]] = MappingProxyType(
    {
        "surname": (
            "SURNAME", "LAST NAME", "FAMILY NAME", "PRIMARY IDENTIFIER", "NOM", "NACHNAME",
            "FAMILIENNAME", "APELLIDOS", "APELIDOS", "PRIMER APELLIDO", "APELLIDO", "COGNOME",
            "ACHTERNAAM", "EFTERNAMN", "EFTERNAVN", "ETTERNAVN", "SUKUNIMI", "NAZWISKO", "PRIJMENI",
            "PRIEZVISKO", "PREZIME", "PRIIMEK", "NUME", "SOYADI", "PAVARDE", "UZVARDS",
            "PEREKONNANIMI", "NAME", "LN", "1LN", "ILN",
        ),
        "given_names": (
            "GIVEN NAMES", "GIVEN NAME", "FIRST NAME", "FORENAMES", "SECONDARY IDENTIFIER",
            "PRENOMS", "PRENOM", "VORNAMEN", "VORNAME", "NOMBRE", "NOMBRES", "NOMES", "NOME",
            "VOORNAMEN", "FORNAMN", "FORNAVN", "FORNAVNE", "ETUNIMET", "IMIONA", "IMIE", "JMENO",
            "MENO", "IME", "PRENUME", "ADI", "VARDAS", "VARDS", "EESNIMI", "FN", "2FN",
        ),
        "document_number": (
            "PASSPORT NO", "DOCUMENT NO", "DOCUMENT NUMBER", "CARD NO", "NO DU PASSEPORT",
            "PASSEPORT NO", "N DU DOCUMENT", "PASSPORT NUMBER", "PASAPORTE NO", "PASS NR",
            "PASSNUMMER", "AUSWEISNUMMER", "DOKUMENTNUMMER", "NUM SOPORT", "IDESP", "LICENCE NO",
            "LICENSE NO", "DLN", "4DDLN", "NUMERO", "CISLO PASU", "NR PASZPORTU",
            "IDENTITY CARD NO", "ID CARD NO", "BROJ PUTOVNICE", "PASO NR", "PASES NR",
        ),
        "birth_date": (
            "DATE OF BIRTH", "BIRTH DATE", "DATE DE NAISSANCE", "NAISSANCE", "GEBURTSDATUM",
            "GEBURTSTAG", "FECHA DE NACIMIENTO", "DATA DE NASCIMENTO", "DATA DI NASCITA",
            "GEBOORTEDATUM", "FODELSEDATUM", "FODSELSDATO", "SYNTYMAAIKA", "DATA URODZENIA",
            "DATUM NAROZENI", "DATUM NARODENIA", "DATUM RODENJA", "DATUM ROJSTVA", "DATA NASTERII",
            "DOGUM TARIHI", "GIMIMO DATA", "DZIMSANAS DATUMS", "SUNNIAEG", "DOB", "3DOB", "NE LE",
            "BORN",
        ),
        "expiry_date": (
            "DATE OF EXPIRY", "EXPIRY DATE", "DATE OF EXPIRATION", "EXPIRATION", "EXPIRES", "EXP",
            "4BEXP", "VALID UNTIL", "DATE D EXPIRATION", "GULTIG BIS", "FECHA DE CADUCIDAD",
            "VALIDO HASTA",
            "VALIDEZ", "VALIDADE", "DATA DE VALIDADE", "DATA DI SCADENZA", "SCADENZA", "GELDIG TOT",
            "GILTIGT TILL", "UDLOBSDATO", "DATA WAZNOSCI", "PLATNOST DO", "VRIJEDI DO",
            "VELJA DO", "DATA EXPIRARII", "SON GECERLILIK", "GALIOJA IKI", "DERIGA LIDZ",
            "KEHTIV KUNI", "VIMEINEN VOIMASSAOLOPAIVA",
        ),
        "issue_date": (
            "DATE OF ISSUE", "ISSUE DATE", "DATE DE DELIVRANCE", "AUSSTELLUNGSDATUM", "ISS",
            "4AISS", "FECHA DE EXPEDICION", "DATA DE EMISSAO", "DATA DI RILASCIO",
            "DATUM VAN AFGIFTE",
            "DATA WYDANIA", "DATUM VYDANI", "ISSUED", "EXPEDICION",
        ),
        "nationality": (
            "NATIONALITY", "NATIONALITE", "STAATSANGEHORIGKEIT", "NACIONALIDAD", "NACIONALIDADE",
            "CITTADINANZA", "NATIONALITEIT", "OBYWATELSTWO", "STATNI OBCANSTVI", "DRZAVLJANSTVO",
            "CETATENIE", "UYRUGU", "PILIETYBE", "MEDBORGARSKAP", "STATSBORGERSKAB", "CITIZENSHIP",
        ),
    }
)  # fmt: skip

# Fields of a licence by number: directive 2006/126/EC annex I, and AAMVA's annex A after it.
LICENCE_NUMBERS: MappingProxyType[str, FieldName] = MappingProxyType(
    {
        "1": "surname", "2": "given_names", "3": "birth_date", "4A": "issue_date",
        "4B": "expiry_date", "4D": "document_number", "5": "document_number",
    }
)  # fmt: skip

# Of 100. A label of twelve letters may have two misread.
ALIKE = 80.0
SHORTEST_FUZZY = 6
_NUMBERED = re.compile(r"^\W{0,2}(?:([1235])\s?[.,:]|(4[ABD])\s?[.,:]?(?![A-Z0-9]))")
_PLACE = ("PLACE OF", "LIEU DE", "GEBURTSORT", "LUGAR DE", "LUOGO", "MIESTO", "MISTO")


def label_of(text: str) -> FieldName | None:
    """The field that a piece of print announces; None for anything else.

    Examples
    --------
    >>> label_of("Surname / Nom"), label_of("Date de naissance"), label_of("Place of birth")
    ('surname', 'birth_date', None)
    >>> label_of("Passpott No"), label_of("ERIKSSON")
    ('document_number', None)
    """
    plain = plain_words(text)
    if not plain or any(place in plain for place in _PLACE):
        return None
    best, likeness = None, 0.0
    for field, printed in LABELS.items():
        for label in printed:
            found = _likeness(label, plain)
            # The longer of two labels that fit is the one that is meant: "given name", not "name".
            if found >= ALIKE and found + len(label) > likeness:
                best, likeness = field, found + len(label)
    return best


def numbered_label(text: str) -> FieldName | None:
    """The field that a licence's number announces: "1.", "4b.".

    Examples
    --------
    >>> numbered_label("4b. 01.02.2030"), numbered_label("12.08.1974")
    ('expiry_date', None)
    """
    found = _NUMBERED.match(text.upper())
    return LICENCE_NUMBERS.get(found[1] or found[2]) if found else None


def plain_words(text: str) -> str:
    """Capitals without diacritics, everything else as single spaces."""
    decomposed = unicodedata.normalize("NFD", text.upper().replace("ß", "SS").replace("Ø", "O"))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[A-Z0-9]+", letters))


def _likeness(label: str, plain: str) -> float:
    """0–100: whole words for short labels, a best part for long ones."""
    if len(label) < SHORTEST_FUZZY:
        return 100.0 if f" {label} " in f" {plain} " and len(plain) <= 4 * len(label) + 8 else 0.0
    if len(plain) < len(label) - 2:
        return 0.0
    return float(fuzz.partial_ratio(label, plain))
