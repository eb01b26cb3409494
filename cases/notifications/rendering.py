"""What a message says, in the form its medium wants; never anything about a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string

from cases.choices import Severity
from cases.notifications.choices import TEST, ChannelKind, NewsKind
from cases.notifications.words import Words

FOLDER = "cases/notifications"
# Of a heading, so that a queue with a long title cuts nobody's subject line.
MAX_TITLE_LENGTH = 150
# Media without a heading of their own: everything is said in one breath.
SHORT = frozenset({ChannelKind.SMS, ChannelKind.PAGERDUTY})
MAIL = frozenset({ChannelKind.EMAIL, ChannelKind.PERSONAL_EMAIL})


@dataclass(frozen=True, slots=True)
class Story:
    """What a message is about.

    Attributes
    ----------
    news : str
        A `NewsKind`, or "test".
    case_id, reference : str
        The case, and its short handle.
    queue : str
        Title of its queue.
    severity, priority : int
        1…4 and 0…100.
    url : str
        The case's page.
    others : mapping of str to int
        How much other news goes along, by kind.
    is_personal : bool
        The reader is whom it is about.
    """

    news: str
    case_id: str = ""
    reference: str = ""
    queue: str = ""
    severity: int = Severity.LOW
    priority: int = 0
    url: str = ""
    others: Mapping[str, int] = field(default_factory=dict)
    is_personal: bool = False

    @property
    def more(self) -> int:
        """How much other news goes along."""
        return sum(self.others.values())


def words_for(kind: str, story: Story) -> Words:
    """Return the message for a kind of channel."""
    context = _context(story)
    title = _line(f"headlines/{story.news}.txt", context)[:MAX_TITLE_LENGTH]
    context["headline"] = title
    is_short, is_mail = kind in SHORT, kind in MAIL
    return Words(
        title="" if is_short else _with_more(title, story.more),
        text=_text("short.txt" if is_short else "email.txt" if is_mail else "chat.txt", context),
        html=_text("email.html", context) if is_mail else "",
        severity=story.severity,
        incident=story.case_id,
        url=story.url,
        data=_data(story),
    )


def digest_line(others: Mapping[str, int]) -> str:
    """Return what else happened, in one line; empty for nothing.

    Examples
    --------
    >>> digest_line({"opened": 9, "sla_breached": 3})
    'and 12 more: new case 9, time is over 3'
    >>> digest_line({})
    ''
    """
    if not others:
        return ""
    counted = [
        f"{kind.label.lower()} {others[kind]}" for kind in NewsKind if others.get(kind.value)
    ]
    return f"and {sum(others.values())} more: {', '.join(counted)}"


def counted(kinds: list[str]) -> dict[str, int]:
    """Return how often each kind of news occurs."""
    return dict(Counter(kinds))


def _context(story: Story) -> dict[str, Any]:
    return {
        "reference": story.reference,
        "queue": story.queue,
        "severity": Severity(story.severity).label.lower(),
        "priority": story.priority,
        "url": story.url,
        "digest": digest_line(story.others),
        "is_personal": story.is_personal,
        "is_test": story.news == TEST,
    }


def _with_more(title: str, more: int) -> str:
    return f"{title} (and {more} more)" if more else title


def _line(template: str, context: dict[str, Any]) -> str:
    """Render one line: a line break in a heading would end it, or begin another header."""
    return " ".join(_text(template, context).split())


def _text(template: str, context: dict[str, Any]) -> str:
    return render_to_string(f"{FOLDER}/{template}", context).strip()


def _data(story: Story) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "kind": story.news,
        "case": None
        if not story.case_id
        else {
            "id": story.case_id,
            "reference": story.reference,
            "queue": story.queue,
            "severity": Severity(story.severity).name.lower(),
            "priority": story.priority,
            "url": story.url,
        },
        "more": dict(story.others),
    }
