"""Block and allow lists: made, renewed, and their entries added and taken off.

An entry keeps the key that features and decisions use, never the id behind it. Whoever looks for
one enters the id again: `list_references.keys_of_reference` finds its entries.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import User, Workspace
from fraudsite.core.services.audit import audit_record
from kyc.models import Customer
from kyc.refusals import Refusal
from scoring.choices import ListKind, ListSubject
from scoring.entity_names import customer_name, stored_key
from scoring.models import EntityList, ListEntry
from scoring.services.list_references import key_of_reference
from scoring.services.reasons import reason_checked

# What every installation begins with; starter rules and the policy look at the kinds, not the ids.
STARTER_LISTS = (("blocked", "Blocked", ListKind.BLOCK), ("trusted", "Trusted", ListKind.ALLOW))


def list_create(
    *, list_id: str, title: str, kind: str, user: User, valid_until: datetime | None = None
) -> EntityList:
    """Make an empty list. Raises `Refusal` for an id that is taken, or an end that is past."""
    _check_future(valid_until, "valid_until")
    if EntityList.objects.filter(pk=list_id).exists():
        raise Refusal("list_exists", f"There is a list {list_id} already.", field="id")
    return _create(list_id, title, kind, Actor.of_user(user), valid_until)


def lists_install(*, actor: Actor, is_dry_run: bool = False) -> list[str]:
    """Make the starter lists that are not there; return their ids."""
    there = set(EntityList.objects.values_list("pk", flat=True))
    missing = [starter for starter in STARTER_LISTS if starter[0] not in there]
    if not is_dry_run:
        for list_id, title, kind in missing:
            _create(list_id, title, kind, actor, None)
    return [list_id for list_id, _, _ in missing]


def list_renew(*, entity_list: EntityList, valid_until: datetime | None, user: User) -> None:
    """Say until when somebody has looked through the list; None: it needs no looking through."""
    _check_future(valid_until, "valid_until")
    with transaction.atomic():
        EntityList.objects.filter(pk=entity_list.pk).update(valid_until=valid_until)
        audit_record(
            actor=Actor.of_user(user),
            action="list.renewed",
            target=entity_list,
            details={"valid_until": _iso(valid_until), "before": _iso(entity_list.valid_until)},
        )
    entity_list.valid_until = valid_until


def list_entry_add(
    *,
    entity_list: EntityList,
    subject: str,
    reference: str,
    workspace: Workspace,
    reason: str,
    user: User,
    expires_at: datetime | None = None,
) -> ListEntry:
    """Put an entity on a list; an entry that ran out is replaced.

    `reference` is what callers call it: the customer's id or handle, the merchant's id (unseen
    ones are known from now on), the device's id, the card's token, the IP address.

    Raises
    ------
    Refusal
        When nothing is known by that reference, it is on the list, it looks like a card number, no
        reason is given, or somebody would put themselves on an allow list.
    """
    _check_future(expires_at, "expires_at")
    reason = reason_checked(reason)
    with transaction.atomic():
        key = key_of_reference(subject, reference, workspace)
        _check_not_oneself(entity_list, subject, key, user)
        entry = ListEntry(
            entity_list=entity_list,
            workspace=workspace,
            subject=subject,
            key=key,
            reason=reason,
            created_by=user,
            expires_at=expires_at,
        )
        _replace_expired(entry)
        audit_record(
            actor=Actor.of_user(user),
            action="list.entry_added",
            target=entity_list,
            details={
                "entry_id": str(entry.pk),
                "subject": subject,
                "expires_at": _iso(expires_at),
            },
        )
    return entry


def list_entry_remove(*, entry: ListEntry, user: User) -> None:
    """Take an entry off its list; who had put it there stays in the trail."""
    with transaction.atomic():
        audit_record(
            actor=Actor.of_user(user),
            action="list.entry_removed",
            target=entry.entity_list,
            details={"entry_id": str(entry.pk), "subject": entry.subject},
        )
        entry.delete()


def entries_in_force(list_id: str) -> int:
    """Return how many entries of a list have not run out."""
    entries = ListEntry.objects.filter(entity_list_id=list_id)
    return entries.exclude(expires_at__lte=timezone.now()).count()


def _create(
    list_id: str, title: str, kind: str, actor: Actor, valid_until: datetime | None
) -> EntityList:
    with transaction.atomic():
        made = EntityList.objects.create(
            pk=list_id, title=title, kind=kind, valid_until=valid_until
        )
        audit_record(actor=actor, action="list.created", target=made, details={"kind": kind})
    return made


def _check_not_oneself(entity_list: EntityList, subject: str, key: int, user: User) -> None:
    own = Customer.objects.filter(user=user).values_list("pk", flat=True).first()
    is_oneself = subject == ListSubject.CUSTOMER and own and stored_key(customer_name(own)) == key
    if entity_list.kind == ListKind.ALLOW and is_oneself:
        sentence = "Nobody puts themselves on an allow list."
        raise Refusal("own_customer", sentence, field="reference")


def _replace_expired(entry: ListEntry) -> None:
    ListEntry.objects.filter(
        entity_list=entry.entity_list,
        subject=entry.subject,
        key=entry.key,
        expires_at__lte=timezone.now(),
    ).delete()
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        sentence = f"{entry.get_subject_display()} is on the list already."
        raise Refusal("already_listed", sentence, field="reference") from None


def _check_future(instant: datetime | None, field: str) -> None:
    if instant is not None and instant <= timezone.now():
        raise Refusal(
            "in_the_past", "This lies in the past; nothing would come of it.", field=field
        )


def _iso(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""
