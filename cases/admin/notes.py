"""The one timeline of a case, with the notes that people wrote in their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cases.models import Case, Note
from cases.services.notes import note_text
from cases.timeline import TimelineEntry, case_timeline
from fraudsite.core.choices import ActorKind, Role
from fraudsite.core.models import User

Context = dict[str, Any]
ERASED = "What was written here went with its customer."


def timeline_context(case: Case, viewer: User) -> list[Context]:
    """Return what happened, the newest first; notes only for who works cases."""
    entries = case_timeline(case, viewer=viewer)
    names = actor_names(entry.actor_id for entry in entries if entry.actor_kind == ActorKind.USER)
    texts = note_texts(case) if viewer.has_perm("cases.work_case") else {}
    return [_entry(entry, names, texts) for entry in reversed(entries)]


def note_texts(case: Case) -> dict[str, str]:
    """Return what each note of a case says. One query: the notes share the case's key."""
    texts = {}
    for note in Note.objects.filter(case=case):
        note.case = case
        texts[str(note.pk)] = note_text(note) or ERASED
    return texts


def actor_names(user_ids: Iterable[str]) -> dict[str, str]:
    """Return how colleagues are called: as they are mentioned. A customer is not named."""
    users = User.objects.filter(pk__in=set(user_ids))
    return {str(user.pk): colleague(user) for user in users}


def colleague(user: User | None) -> str:
    """Return the handle by which notes mention somebody."""
    if user is None:
        return ""
    return "the customer" if user.role == Role.CUSTOMER else user.email.partition("@")[0]


def _entry(entry: TimelineEntry, names: Mapping[str, str], texts: Mapping[str, str]) -> Context:
    return {
        "at": entry.at,
        "what": entry.title,
        "kind": "machine" if entry.is_by_machine else "human",
        "who": names.get(entry.actor_id, entry.actor_id),
        "note": texts.get(entry.note_id, ""),
        "detail": _detail(entry.details),
    }


def _detail(details: Mapping[str, Any]) -> str:
    """Return the codes of an entry; ids say nothing to a person."""
    codes = details.get("causes") or details.get("reason_codes") or []
    alone = details.get("reason_code") or details.get("reason") or details.get("failure_code")
    return ", ".join([str(code) for code in [*codes, *([alone] if alone else [])]])
