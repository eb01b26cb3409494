"""What the pieces that every page of the workplace includes find out for themselves."""

from __future__ import annotations

from typing import Any

from django import template

from cases.models import WorkplaceSettings
from cases.selectors_undo import UndoOffer, undo_offer_for
from cases.services.workplace import settings_of
from fraudsite.core.models import User

register = template.Library()


@register.simple_tag(takes_context=True)
def undo_offer(context: dict[str, Any]) -> UndoOffer | None:
    """Return what the person before the page can still undo."""
    user = context["request"].user
    return undo_offer_for(user) if isinstance(user, User) else None


@register.simple_tag(takes_context=True)
def workplace_settings(context: dict[str, Any]) -> WorkplaceSettings:
    """Return how the person before the page likes to work."""
    return settings_of(context["request"].user)
