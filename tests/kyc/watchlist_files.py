"""Lists of invented people, written on the spot, and the services that take them in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from kyc.services.watchlist_import import ImportOrder, ImportReport, watchlist_import

OWN_COLUMNS = ("id", "name", "aliases", "birth_dates", "countries", "programmes")
Row = tuple[str, ...]
# The customer of tests/kyc/conftest.py as a list would have her: Carla Maria Núñez, 1990-01-02.
CARLA: Row = ("U-1", "NUNEZ, Carla Maria", "La Nuñez", "1990", "", "Invented")
OTHERS: tuple[Row, ...] = tuple(
    (f"U-{n}", f"Zoltan{'abcdefghijklmnop'[n % 16]} Q{'aeiou'[n % 5]}rst{'aeiou'[n // 5 % 5]}x", "",
     "1950", "", "Invented")
    for n in range(2, 30)
)  # fmt: skip


def write_own(folder: Path, rows: Sequence[Row], name: str = "list.csv") -> Path:
    """Write a list in the own form."""
    path = folder / name
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([OWN_COLUMNS, *rows])
    return path


def take_in(
    folder: Path, rows: Sequence[Row], *, name: str = "ours", **order: object
) -> ImportReport:
    """Import such a list."""
    file = write_own(folder, rows)
    return watchlist_import(ImportOrder(file=file, format="csv", name=name, **order))


def ofac_person(number: str, name: str, remarks: str = "-0- ") -> str:
    """Return a row of OFAC's `sdn.csv`."""
    return f'{number},"{name}","individual","UTOPIA",{"-0- ," * 7}"{remarks}"\r\n'


def write_ofac(
    folder: Path,
    *,
    sdn: str,
    alt: str = '999,2,"aka","NOBODY",-0- \r\n',
    add: str = '999,1,"1 Bridge","Amaurot","Syria",-0- \r\n',
    encoding: str = "utf-8",
) -> Path:
    """Write OFAC's three files as they are published, each with its end-of-file sign."""
    for name, text in {"sdn": sdn, "alt": alt, "add": add}.items():
        (folder / f"{name}.csv").write_bytes(f"{text}\x1a\r\n".encode(encoding))
    return folder / "sdn.csv"
