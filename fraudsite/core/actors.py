"""Who did something: a user, a part of the system, or an API key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fraudsite.core.choices import ActorKind

if TYPE_CHECKING:
    from fraudsite.core.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor as history keeps it: ids and role words, never a name or an address."""

    kind: ActorKind
    id: str
    label: str

    @classmethod
    def of_user(cls, user: User) -> Actor:
        """Return the actor for a signed-in user, labelled with the role held at the time."""
        return cls(ActorKind.USER, str(user.pk), user.role)

    @classmethod
    def system(cls, part: str) -> Actor:
        """Return the actor for a part of the system, such as "pipeline"."""
        return cls(ActorKind.SYSTEM, part, part)

    @classmethod
    def api_key(cls, key_id: str, label: str) -> Actor:
        """Return the actor for an API key; the label is its public prefix."""
        return cls(ActorKind.API_KEY, key_id, label)
