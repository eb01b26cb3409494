"""The hours in which a channel keeps still, in the time of a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ONE_DAY = timedelta(days=1)


class QuietHoursInvalid(ValueError):
    """The hours cannot be kept; the text is a sentence for whoever wrote them."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one time of day until the next other one, every day.

    Attributes
    ----------
    begins, ends : time
        Wall-clock times without a zone. Hours that end before they begin go past midnight.
    zone : str
        A name of the IANA time zone database, such as "Europe/Vienna".

    Notes
    -----
    On the day a clock is put forward, a time that does not exist means the moment of the change;
    on the day it is put back, a time that comes twice means the first of the two. So hours are as
    long as the wall clock says, give or take the hour of the change, and never begin twice.
    """

    begins: time
    ends: time
    zone: str

    def __post_init__(self) -> None:
        if self.begins == self.ends:
            message = "Quiet hours need a beginning and another time for their end."
            raise QuietHoursInvalid(message)
        zone_named(self.zone)

    def end_after(self, now: datetime) -> datetime | None:
        """Return when the quiet hours that `now` lies in are over.

        Parameters
        ----------
        now : datetime
            With a zone.

        Returns
        -------
        datetime or None
            In UTC, later than `now`; None when `now` is not quiet.

        Examples
        --------
        >>> night = QuietHours(time(22), time(7), "Europe/Vienna")
        >>> night.end_after(datetime(2026, 7, 1, 21, 30, tzinfo=UTC)).isoformat()
        '2026-07-02T05:00:00+00:00'
        >>> night.end_after(datetime(2026, 7, 1, 12, tzinfo=UTC)) is None
        True
        """
        instant = now.astimezone(UTC)
        today = instant.astimezone(zone_named(self.zone)).date()
        # Hours past midnight may have begun yesterday; a clock put back across midnight makes
        # tomorrow's begin while it is still today again.
        for day in (today - ONE_DAY, today, today + ONE_DAY):
            begins, ends = self._on(day)
            if begins <= instant < ends:
                # Where a whole day is left out, the next quiet hours begin as these end.
                return self.end_after(ends) or ends
        return None

    def _on(self, day: date) -> tuple[datetime, datetime]:
        zone = zone_named(self.zone)
        last_day = day if self.begins < self.ends else day + ONE_DAY
        return _instant(day, self.begins, zone), _instant(last_day, self.ends, zone)


def zone_named(name: str) -> ZoneInfo:
    """Return the time zone, or raise `QuietHoursInvalid` with a sentence.

    Examples
    --------
    >>> zone_named("Europe/Viena")
    Traceback (most recent call last):
    cases.notifications.quiet_hours.QuietHoursInvalid: There is no time zone 'Europe/Viena'. \
Write one such as Europe/Vienna or UTC.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        message = f"There is no time zone {name!r}. Write one such as Europe/Vienna or UTC."
        raise QuietHoursInvalid(message) from None


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """Return when a clock of the zone first shows a time on a day, in UTC.

    A time that is left out is read with the offset from before the change (PEP 495, fold=0), which
    lands after the change by as much as was left out; the change itself is searched for.
    """
    local = datetime.combine(day, wall, tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    return _change_before(instant, zone)


def _change_before(after: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment, to the second, at which the offset before `after` became its own."""
    new_offset = after.astimezone(zone).utcoffset()
    # No change on record left out more than a day (Samoa, 2011).
    early, late = after - 2 * ONE_DAY, after
    while late - early > timedelta(seconds=1):
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == new_offset:
            late = middle
        else:
            early = middle
    return late
