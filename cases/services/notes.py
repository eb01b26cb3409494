"""Notes on a case: sealed, and told to whom they mention."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from django.utils import timezone

from cases.choices import CaseEventKind, CaseStatus
from cases.models import Case, Note
from cases.services.case_rows import (
    case_as_seen,
    case_move,
    case_write,
    event_add,
    news_of,
    require_not_own,
)
from cases.services.sealing import text_open, text_seal
from fraudsite.core.actors import Actor
from fraudsite.core.models import User
from fraudsite.core.outbox import publish
from kyc.refusals import Refusal
from transactions.money import looks_like_pan

CASE_MENTIONED = "cases.case.mentioned"
MAX_NOTE_LENGTH = 4000
# "@anna" or "@anna.smith"; an address in the text ("anna@example.com") is none.
MENTION = re.compile(r"(?<![\w.@])@([a-z0-9][a-z0-9._+-]*[a-z0-9]|[a-z0-9])", re.IGNORECASE)


def note_add(*, case_id: uuid.UUID, seen: int | None, text: str, author: User) -> Note:
    """Write a note; "@anna" tells the colleague whose address begins with "anna@".

    Whoever may work cases may write on any case they see, a closed one too.

    Raises `Refusal` for an empty or long text, a card number, somebody unknown, or an erased
    customer.
    """
    text = _text_checked(text)
    if not author.has_perm("cases.work_case"):
        raise Refusal("may_not_work", "Only analysts write notes.")
    mentioned = users_mentioned(text)
    with case_as_seen(case_id, seen) as case:
        require_not_own(case, author)
        note = note_keep(case, author, text)
        note.mentioned.set(mentioned)
        details = {"note_id": str(note.pk), "mentioned_ids": [str(user.pk) for user in mentioned]}
        _begin_or_touch(case, author)
        event_add(case, CaseEventKind.NOTED, Actor.of_user(author), details)
        if mentioned:
            publish(kind=CASE_MENTIONED, aggregate=case, payload=news_of(case, **details))
    return note


def note_keep(case: Case, author: User, text: str) -> Note:
    """Seal a text that a person typed and keep it with a locked case.

    Reasons in a person's own words are kept this way too: history and audit are never changed,
    so nothing may stand there that an erasure would have to take out.
    """
    note = Note(case=case, author=author)
    note.text_sealed = text_seal(case, text, note.context)
    note.save(force_insert=True)
    return note


def note_text(note: Note) -> str:
    """Return what a note says, "" when its customer was erased."""
    return text_open(note.case, note.text_sealed, note.context)


def handles_in(text: str) -> list[str]:
    """Return the handles that a text mentions, each once, in lower case.

    Examples
    --------
    >>> handles_in("@Anna look with @ben.k, not at anna@example.com")
    ['anna', 'ben.k']
    """
    return list(dict.fromkeys(found.lower() for found in MENTION.findall(text)))


def users_mentioned(text: str) -> list[User]:
    """Return the colleagues a text mentions. Raises `Refusal` for a handle of nobody, or of two."""
    return [_user_of(handle) for handle in handles_in(text)]


def _user_of(handle: str) -> User:
    named = User.objects.filter(email__startswith=f"{handle}@", is_active=True)
    colleagues = [user for user in named.order_by("pk")[:10] if user.has_perm("cases.view_case")]
    if len(colleagues) != 1:
        problem = "is nobody here" if not colleagues else "is more than one person"
        raise Refusal("unknown_mention", f"@{handle} {problem}.", field="text")
    return colleagues[0]


def _text_checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal("note_empty", "Write something first.", field="text")
    if len(text) > MAX_NOTE_LENGTH:
        sentence = f"A note has at most {MAX_NOTE_LENGTH:,} characters."
        raise Refusal("note_too_long", sentence, field="text")
    if looks_like_pan(text):
        sentence = "This holds what looks like a card number; leave it out."
        raise Refusal("card_number_refused", sentence, field="text")
    return text


def _begin_or_touch(case: Case, author: User) -> None:
    """Writing on a case one holds is work on it; a colleague's remark changes nobody's hold."""
    now = timezone.now()
    if case.claimed_by_id != author.pk:
        case_write(case)
    elif case.status == CaseStatus.CLAIMED:
        case_move(case, CaseStatus.INVESTIGATING, Actor.of_user(author), active_at=now)
    else:
        case_write(case, active_at=now)


def mentions_of(user: User, *, limit: int) -> Sequence[Note]:
    """Return the newest notes that mention somebody."""
    return list(
        Note.objects.filter(mentioned=user)
        .select_related("case__customer__data_key", "author")
        .order_by("-id")[:limit]
    )
