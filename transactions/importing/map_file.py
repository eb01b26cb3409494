"""The map: which column of somebody's file is which of ours, and how its values are written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from transactions.columns import REQUIRED, TRANSACTIONS

# `amount` is in major units ("12.34"), `amount_minor` in minor ones (1234). What an amount is worth
# in the reference currency is computed, never read.
MAPPABLE = (*(name for name in TRANSACTIONS if name != "amount_reference_minor"), "amount")
INSTANTS = ("occurred_at", "arrived_at")
# The words of `transactions.choices.LabelSource`, which this package may not import.
LABEL_SOURCES = ("analyst", "chargeback", "customer", "api", "import")
MAX_KNOWN_AFTER_DAYS = 3650.0

Scalar = str | int | float


class MapRefused(ValueError):
    """A map that cannot be used; its text is a sentence for people."""


class CsvForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a CSV file is written. `columns` names the fields of a file without a header line."""

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    columns: tuple[str, ...] = ()
    nulls: tuple[str, ...] = ()


class TimeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How instants are written; a Parquet column of instants needs none of it.

    `format` is "iso", "number" (that many `unit`s since `origin`), or codes of strftime.
    `timezone` is that of times without an offset.
    """

    format: str = "iso"
    timezone: str = "UTC"
    unit: Literal["us", "ms", "s", "minutes", "hours", "days"] = "s"
    origin: datetime | None = None


class AmountForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How amounts are written. `absolute` drops the minus of money that leaves."""

    decimal_separator: Literal[".", ","] = "."
    thousands_separator: Literal["", ".", ",", " ", "'"] = ""
    absolute: bool = False


class LabelForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which column says what was fraud, in which words, and when that became known.

    Either `known_at` names a column, or `known_after_days` says how long it took. An empty cell
    is no label. `fraud_type` names a column kept for analysis of errors only.
    """

    column: str
    fraud: tuple[str, ...] = ("1", "1.0", "true", "t", "yes", "y", "fraud")
    honest: tuple[str, ...] = ("0", "0.0", "false", "f", "no", "n", "honest")
    known_at: str | None = None
    known_after_days: float | None = None
    source: str = "import"
    fraud_type: str | None = None


class HistoryMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A map file, checked.

    Attributes
    ----------
    columns : dict of str to str
        Ours to theirs.
    constants, defaults : dict of str to str or number
        What stands in every row; what stands where a mapped cell is empty.
    values : dict of str to dict
        For a column of ours, their words to ours; words not named stay.
    numbered : dict of str to str
        Columns made from a prefix and the row's number, for files without ids.
    """

    columns: dict[str, str]
    constants: dict[str, Scalar] = {}
    defaults: dict[str, Scalar] = {}
    values: dict[str, dict[str, str]] = {}
    numbered: dict[str, str] = {}
    csv: CsvForm = CsvForm()
    time: TimeForm = TimeForm()
    amount: AmountForm = AmountForm()
    labels: LabelForm | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of theirs that are read, each once."""
        named = [*self.columns.values()]
        if self.labels is not None:
            extra = (self.labels.column, self.labels.known_at, self.labels.fraud_type)
            named += [name for name in extra if name is not None]
        return tuple(dict.fromkeys(named))


def read_map(path: Path) -> HistoryMap:
    """Return the map in a TOML file.

    Raises
    ------
    MapRefused
        If the file cannot be read, or says what cannot be.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MapRefused(f"The map {path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise MapRefused(f"The map {path} is not UTF-8 text.") from error
    return parse_map(text)


def parse_map(text: str) -> HistoryMap:
    """Return the map that a TOML text describes.

    Raises
    ------
    MapRefused
        With a sentence that names the table or column at fault.

    Examples
    --------
    >>> parse_map("[colums]")
    Traceback (most recent call last):
    transactions.importing.map_file.MapRefused: The map: Object contains unknown field `colums`.
    """
    try:
        history_map = msgspec.convert(tomllib.loads(text), HistoryMap)
    except tomllib.TOMLDecodeError as error:
        raise MapRefused(f"The map is not TOML: {error}.") from error
    except msgspec.ValidationError as error:
        raise MapRefused(f"The map: {error}.") from error
    _demand_known_names(history_map)
    _demand_complete(history_map)
    _demand_csv(history_map.csv)
    _demand_time(history_map.time)
    if history_map.amount.decimal_separator == history_map.amount.thousands_separator:
        raise MapRefused("The map: decimals and thousands cannot have the same separator.")
    if history_map.labels is not None:
        _demand_labels(history_map.labels)
    return history_map


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean …" when a known name is close, else nothing.

    Examples
    --------
    >>> suggestion("amout", ["amount", "currency"])
    '; did you mean amount'
    """
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}" if close else ""


def _demand_known_names(history_map: HistoryMap) -> None:
    tables: Mapping[str, Mapping[str, object]] = {
        "columns": history_map.columns,
        "constants": history_map.constants,
        "defaults": history_map.defaults,
        "values": history_map.values,
        "numbered": history_map.numbered,
    }
    for table, names in tables.items():
        for name in names:
            if name not in MAPPABLE:
                hint = suggestion(name, MAPPABLE)
                raise MapRefused(f"The map: [{table}] names {name}, which is no column{hint}.")


def _demand_complete(history_map: HistoryMap) -> None:
    given = [*history_map.columns, *history_map.constants, *history_map.numbered]
    twice = sorted({name for name in given if given.count(name) > 1})
    if twice:
        raise MapRefused(f"The map gives {twice[0]} more than once.")
    if ("amount" in given) == ("amount_minor" in given):
        raise MapRefused("The map needs either amount (12.34) or amount_minor (1234).")
    missing = [name for name in REQUIRED if name not in given and name != "amount_minor"]
    if missing:
        raise MapRefused(f"The map says nothing about {missing[0]}, which is required.")
    for name in (*history_map.defaults, *history_map.values):
        if name not in history_map.columns:
            raise MapRefused(f"The map: {name} has defaults or values but no column.")
    for name in INSTANTS:
        if name in history_map.constants or name in history_map.numbered:
            raise MapRefused(f"The map: {name} needs a column.")


def _demand_csv(form: CsvForm) -> None:
    if len(form.delimiter) != 1 or len(form.quote) != 1 or form.delimiter == form.quote:
        raise MapRefused("The map: delimiter and quote are one character each, and not the same.")
    try:
        "".encode(form.encoding)
    except LookupError as error:
        raise MapRefused(f"The map: {form.encoding} is no known encoding.") from error


def _demand_time(form: TimeForm) -> None:
    try:
        ZoneInfo(form.timezone)
    except (OSError, ValueError, KeyError) as error:  # a KeyError: ZoneInfoNotFoundError
        raise MapRefused(f"The map: {form.timezone} is no time zone.") from error
    if form.origin is not None and form.origin.tzinfo is None:
        raise MapRefused("The map: the origin of time needs an offset, such as Z.")


def _demand_labels(form: LabelForm) -> None:
    if (form.known_at is None) == (form.known_after_days is None):
        raise MapRefused(
            "The map: [labels] needs either known_at (a column) or known_after_days: "
            "a label may only teach from when it was known."
        )
    days = form.known_after_days
    if days is not None and not 0 <= days <= MAX_KNOWN_AFTER_DAYS:
        raise MapRefused(f"The map: known_after_days lies between 0 and {MAX_KNOWN_AFTER_DAYS:g}.")
    if form.source not in LABEL_SOURCES:
        raise MapRefused(f"The map: a label's source is one of {', '.join(LABEL_SOURCES)}.")
    if set(form.fraud) & set(form.honest):
        raise MapRefused("The map: a word cannot mean both fraud and honest.")
