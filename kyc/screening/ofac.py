"""OFAC's list of Specially Designated Nationals, in its CSV form.

References
----------
OFAC, "Specially Designated Nationals and Blocked Persons: Data Specification" (2023-09-25):
`sdn.csv` with twelve columns, `alt.csv` with further names and `add.csv` with addresses, linked by
the first column; none has a header, an empty field is ``-0-``, and each ends with a line of one
end-of-file sign.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kyc.screening.countries import country_codes
from kyc.screening.entries import (
    ListedEntry,
    ListRefused,
    RowRefused,
    clean_dates,
    clean_names,
    in_order,
)
from kyc.screening.list_files import rows

SDN_COLUMNS, ALT_COLUMNS, ADD_COLUMNS = 12, 5, 6
EMPTY = "-0-"
SOURCE = "https://ofac.treasury.gov/sanctions-list-service"
PERSON = "individual"
BIRTH = re.compile(r"(?:^|; )(?:alt\. )?DOB ([^;.]+)")
COUNTRY = re.compile(r"(?:^|; )(?:alt\. )?(?:nationality|citizen) ([^;.]+)")
WEAK_NAMES = re.compile(r"a\.k\.a\. '([^']+)'")


@dataclass(frozen=True, slots=True)
class BesideFiles:
    """What the files beside `sdn.csv` say, by entry."""

    names: Mapping[str, list[str]]
    countries: Mapping[str, list[str]]


def ofac_files(path: Path) -> tuple[Path, Path, Path]:
    """Return `sdn.csv`, and the `alt.csv` and `add.csv` that are read with it.

    Examples
    --------
    >>> [file.name for file in ofac_files(Path("SDN.CSV"))]
    ['SDN.CSV', 'ALT.CSV', 'ADD.CSV']
    """
    # OFAC's service names its files in capitals, its older address did not.
    alt, add = ("ALT.CSV", "ADD.CSV") if path.name.isupper() else ("alt.csv", "add.csv")
    return path, path.with_name(alt), path.with_name(add)


def read_ofac(path: Path) -> Iterator[ListedEntry | RowRefused]:
    """Yield the entries of `sdn.csv`, with what `alt.csv` and `add.csv` beside it add.

    Raises
    ------
    ListRefused
        The file is none of OFAC's, or one of the three is missing, empty or cut off: without the
        aliases many a listed person would be found under no name.
    """
    beside: BesideFiles | None = None
    for line, fields in rows(path, ends_with_sign=True):
        if beside is None:
            if len(fields) != SDN_COLUMNS or not fields[0].strip().isdigit():
                raise ListRefused(
                    f"{path.name} does not look like OFAC's sdn.csv: twelve columns, no header."
                )
            beside = _beside(path)
        yield _entry(line, [_value(field) for field in fields], beside)


def _beside(path: Path) -> BesideFiles:
    _, alt, add = ofac_files(path)
    return BesideFiles(_by_entry(alt, path, ALT_COLUMNS, 3), _by_entry(add, path, ADD_COLUMNS, 4))


def _entry(line: int, fields: list[str], beside: BesideFiles) -> ListedEntry | RowRefused:
    if len(fields) != SDN_COLUMNS:
        return RowRefused(line, f"{len(fields)} columns instead of {SDN_COLUMNS}")
    number, name, kind, programmes, title = fields[:5]
    remarks = fields[11]
    is_person = kind.lower() == PERSON
    names = [name, *beside.names.get(number, ()), *WEAK_NAMES.findall(remarks)]
    tidy = clean_names(in_order(one) if is_person else one for one in names)
    if not number.isdigit() or not tidy:
        return RowRefused(line, "no number or no name")
    birth_dates, unread_births = clean_dates(BIRTH.findall(remarks))
    return ListedEntry(
        external_id=number,
        names=tidy,
        birth_dates=birth_dates,
        countries=country_codes([*COUNTRY.findall(remarks), *beside.countries.get(number, ())]),
        programmes=tuple(re.findall(r"[^\[\];]+", programmes.replace("] [", ";"))),
        note=title,
        is_person=is_person,
        unread_births=unread_births,
    )


def _by_entry(path: Path, sdn: Path, columns: int, wanted: int) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    if not path.exists():
        raise ListRefused(f"{path.name} is not beside {sdn.name}; download it too, from {SOURCE}.")
    is_empty = True
    for _, fields in rows(path, ends_with_sign=True):
        is_empty = False
        if len(fields) != columns:
            raise ListRefused(f"{path.name} has rows without {columns} columns; is it cut off?")
        if value := _value(fields[wanted]):
            found[_value(fields[0])].append(value)
    if is_empty:
        raise ListRefused(f"{path.name} has no rows; download it again, from {SOURCE}.")
    return found


def _value(field: str) -> str:
    text = field.strip()
    return "" if text == EMPTY else text
