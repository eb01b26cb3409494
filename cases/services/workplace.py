"""What people set for themselves: questions they ask again, and how they like to work."""

from __future__ import annotations

from django.db import transaction

from cases.models import SavedFilter, WorkplaceSettings
from fraudsite.core.models import User
from kyc.refusals import Refusal

# As many as fit on a page beside the queues.
MAX_FILTERS = 20
MAX_NAME_LENGTH = 60


def filter_save(*, user: User, name: str, query: str) -> SavedFilter:
    """Keep a question under a name; the same name again replaces it.

    Raises `Refusal` for a name that is missing or too long, and for too many.
    """
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        sentence = f"Give it a name of at most {MAX_NAME_LENGTH} characters."
        raise Refusal("name_missing", sentence, field="name")
    with transaction.atomic():
        # Two windows at once count one after the other.
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        others = SavedFilter.objects.filter(user=user).exclude(name=name)
        if others.count() >= MAX_FILTERS:
            sentence = f"You have {MAX_FILTERS} saved filters. Remove one first."
            raise Refusal("too_many_filters", sentence)
        saved, _ = SavedFilter.objects.update_or_create(
            user=user, name=name, defaults={"query": query}
        )
    return saved


def filter_remove(*, user: User, filter_id: int) -> None:
    """Forget a saved question; one that is somebody else's stays."""
    SavedFilter.objects.filter(user=user, pk=filter_id).delete()


def settings_of(user: User) -> WorkplaceSettings:
    """Return how somebody likes to work; the defaults for who never said."""
    return WorkplaceSettings.objects.filter(user=user).first() or WorkplaceSettings(user=user)


def settings_save(*, user: User, has_single_keys: bool, takes_next_by_itself: bool) -> None:
    """Remember how somebody likes to work."""
    chosen = {"has_single_keys": has_single_keys, "takes_next_by_itself": takes_next_by_itself}
    WorkplaceSettings.objects.update_or_create(user=user, defaults=chosen)
