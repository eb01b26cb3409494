"""Columns of times, however they are written, to instants in UTC."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from transactions.columns import INSTANT
from transactions.importing.map_file import TimeForm

UNIT_US = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "minutes": 60_000_000,
    "hours": 3_600_000_000,
    "days": 86_400_000_000,
}
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
_LATEST_US = int(LATEST.timestamp()) * 1_000_000

# ISO 8601 as it is met: "T" or a space, seconds and an offset or not, or the day alone.
_DAY = r"^(\d{4}-\d{2}-\d{2})"
_CLOCK = r"(?:[T ](\d{2}:\d{2})(:\d{2}(?:[.,]\d{1,9})?)?)?"
_OFFSET = r"\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?$"
_ISO = _DAY + _CLOCK + _OFFSET


def instants_of(values: pl.Series, form: TimeForm) -> pl.Series:
    """Return instants, null where a value is none.

    Parameters
    ----------
    values : Series
        Instants, days, texts or numbers. Instants and days of a Parquet file are what they are,
        whatever the map says of texts.
    form : TimeForm
        How texts are written. Times without an offset are local to its zone; one that the zone
        skips or repeats as its clocks change is none.

    Examples
    --------
    >>> summer = TimeForm(timezone="Europe/Berlin")
    >>> [str(instant) for instant in instants_of(pl.Series(["2026-07-01 12:00"]), summer)]
    ['2026-07-01 10:00:00+00:00']
    """
    if values.dtype == pl.Date:
        return _in_utc(values.cast(pl.Datetime("us")), form)
    if isinstance(values.dtype, pl.Datetime):
        return _in_utc(values.cast(pl.Datetime("us", values.dtype.time_zone)), form)
    texts = values.cast(pl.String)
    if form.format == "number":
        return _from_numbers(texts, form)
    if form.format == "iso":
        return _from_iso(texts, form)
    # As texts of a day alone too, which polars reads only as dates.
    return _in_utc(texts.str.to_datetime(form.format, time_unit="us", strict=False), form)


def _in_utc(times: pl.Series, form: TimeForm) -> pl.Series:
    if getattr(times.dtype, "time_zone", None) is None:
        times = times.dt.replace_time_zone(form.timezone, ambiguous="null", non_existent="null")
    return times.dt.convert_time_zone("UTC").cast(INSTANT)


def _from_numbers(texts: pl.Series, form: TimeForm) -> pl.Series:
    """Return `origin` plus so many units; whole numbers are exact, others to the microsecond."""
    unit = UNIT_US[form.unit]
    origin = 0 if form.origin is None else round(form.origin.timestamp() * 1_000_000)
    text = pl.col("text")
    about = text.cast(pl.Float64, strict=False) * unit
    # Whole numbers beyond it would wrap around silently.
    fits = about.is_between(-_LATEST_US, _LATEST_US)
    whole = pl.when(fits).then(text).cast(pl.Int64, strict=False) * unit
    fraction = pl.when(fits).then(about).round().cast(pl.Int64, strict=False)
    answer = (pl.coalesce(whole, fraction) + origin).cast(INSTANT)
    return pl.DataFrame({"text": texts}).select(answer).to_series()


def _from_iso(texts: pl.Series, form: TimeForm) -> pl.Series:
    text = pl.col("text")
    seconds = text.str.extract(_ISO, 3).fill_null(":00").str.replace(",", ".", literal=True)
    clock = text.str.extract(_ISO, 2).fill_null("00:00") + seconds
    local = (text.str.extract(_ISO, 1) + "T" + clock).str.to_datetime(
        "%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False
    )
    offset = text.str.extract(_ISO, 4).str.replace(":", "", literal=True)
    parts = pl.DataFrame({"text": texts}).select(local.alias("local"), offset.alias("offset"))
    ahead = parts.select(_ahead_of_utc(pl.col("offset"))).to_series()
    exact = parts["local"].dt.replace_time_zone("UTC") - ahead
    return _in_utc(parts["local"], form).zip_with(ahead.is_null(), exact)


def _ahead_of_utc(offset: pl.Expr) -> pl.Expr:
    """Return what an offset such as +0530 stands for, null where there is none."""
    hours = offset.str.slice(1, 2).cast(pl.Int64, strict=False)
    minutes = offset.str.slice(3, 2).cast(pl.Int64, strict=False).fill_null(0)
    size = pl.duration(hours=hours, minutes=minutes)
    signed = pl.when(offset.str.starts_with("-")).then(-size).otherwise(size)
    is_utc = offset.str.to_uppercase() == "Z"
    return pl.when(is_utc).then(pl.duration(hours=0)).when(offset.is_not_null()).then(signed)
