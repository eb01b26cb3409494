"""A payment's form between its pages: kept in the session, bound to one customer.

Going back, reloading, or logging in again in between loses nothing that was typed.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.base import SessionBase
from django.core import signing
from django.http import HttpRequest, HttpResponse

from transactions.money import looks_like_pan

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, uuid.UUID, P], HttpResponse]

FIELDS = ("account", "payee_name", "payee_account", "amount")
SESSION_KEY = "payment_drafts"
# Payments somebody has open side by side; the one left longest makes room.
MOST_DRAFTS = 5
LONGEST_FIELD = 200
SEAL_SALT = "scoring.payment-draft"
# A page left open overnight may still be sent; after that its amounts are old news.
SEAL_AGE_S = 24 * 3600

Fields = dict[str, str]


def draft_seal(draft: uuid.UUID, user_id: object) -> str:
    """Return what a page carries to show that it is this person's, made by us."""
    return signing.dumps([str(draft), str(user_id)], salt=SEAL_SALT)


def seal_fits(seal: str, draft: uuid.UUID, user_id: object) -> bool:
    """Whether a page was made for this draft of this person, not too long ago."""
    return _opened(seal) == (str(draft), str(user_id))


def draft_keep(
    session: SessionBase, draft: uuid.UUID, owner: object, sent: Mapping[str, Any]
) -> None:
    """Keep what was typed; what could be a card number is kept nowhere."""
    fields = {name: str(sent.get(name, ""))[:LONGEST_FIELD] for name in FIELDS}
    kept = {name: text for name, text in fields.items() if not looks_like_pan(text)}
    drafts = dict(session.get(SESSION_KEY, {}))
    drafts.pop(str(draft), None)
    newest = [*drafts.items(), (str(draft), {"owner": str(owner), "fields": kept})]
    session[SESSION_KEY] = dict(newest[-MOST_DRAFTS:])


def draft_read(session: SessionBase, draft: uuid.UUID, owner: object) -> Fields | None:
    """Return what this person typed, None when there is nothing of theirs."""
    kept = session.get(SESSION_KEY, {}).get(str(draft))
    if kept is None or kept["owner"] != str(owner):
        return None
    return dict(kept["fields"])


def draft_drop(session: SessionBase, draft: uuid.UUID) -> None:
    """Forget a draft: it was paid."""
    drafts = dict(session.get(SESSION_KEY, {}))
    if drafts.pop(str(draft), None) is not None:
        session[SESSION_KEY] = drafts


def kept_over_login(view: View[P]) -> View[P]:
    """Keep a form that comes in after the session ended, and bring its sender back to it."""

    @wraps(view)
    def wrapped(
        request: HttpRequest, draft: uuid.UUID, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        if request.method != "POST" or request.user.is_authenticated:
            return view(request, draft, *args, **kwargs)
        told_draft, owner = _opened(request.POST.get("seal", "")) or ("", "")
        if told_draft == str(draft):
            draft_keep(request.session, draft, owner, request.POST)
        messages.info(
            request, "You were signed out. Sign in again: what you entered is still here."
        )
        return redirect_to_login(request.path, str(settings.LOGIN_URL))

    return wrapped


def _opened(seal: str) -> tuple[str, str] | None:
    try:
        draft, owner = signing.loads(seal, salt=SEAL_SALT, max_age=SEAL_AGE_S)
    except (signing.BadSignature, ValueError):
        return None
    return str(draft), str(owner)
