"""Lists: who stands on them under which key, and how entries come and go."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User, Workspace
from kyc.models import Customer
from kyc.refusals import Refusal
from scoring.entity_names import customer_name, name_in, stored_key
from scoring.models import EntityList, ListEntry
from scoring.services.list_references import keys_of_reference
from scoring.services.lists import list_create, list_entry_add, list_entry_remove, list_renew
from tests.scoring.decided import a_customer, a_transaction
from transactions.models import Card, Merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    return make_user("rita@example.com", Role.RISK_MANAGER)


@pytest.fixture
def blocked(rita: User) -> EntityList:
    return list_create(list_id="blocked", title="Blocked", kind="block", user=rita)


@pytest.fixture
def live() -> Workspace:
    return Workspace.objects.live()


def put(
    entity_list: EntityList, user: User, subject: str, reference: str, **fields: object
) -> ListEntry:
    told = {"workspace": Workspace.objects.live(), "reason": "Seen in case 7", **fields}
    return list_entry_add(
        entity_list=entity_list, subject=subject, reference=reference, user=user, **told
    )


def test_each_kind_of_entity_is_kept_under_the_key_that_features_use(
    rita: User, blocked: EntityList, live: Workspace
) -> None:
    customer = a_customer("user-1")
    card = Card.objects.create(workspace=live, customer=customer, token="tok_1")
    merchant = Merchant.objects.create(workspace=live, external_id="m-1")

    keys = {
        subject: put(blocked, rita, subject, reference).key
        for subject, reference in (
            ("customer", "user-1"),
            ("merchant", "m-1"),
            ("card", "tok_1"),
            ("device", "device-1"),
            ("ip", "2001:DB8:0::1"),
        )
    }

    assert keys == {
        "customer": stored_key(customer_name(customer.pk)),
        "merchant": stored_key(name_in(live.pk, merchant.pk)),
        "card": stored_key(name_in(live.pk, card.pk)),
        "device": stored_key(name_in(live.pk, "device-1")),
        "ip": stored_key(name_in(live.pk, "2001:db8::1")),
    }


@pytest.mark.parametrize("called", ["id", "handle", "external_id"])
def test_a_customer_is_found_by_any_of_their_names(
    rita: User, blocked: EntityList, called: str
) -> None:
    customer = a_customer("user-1")
    names = {"id": str(customer.pk), "handle": customer.reference, "external_id": "user-1"}

    entry = put(blocked, rita, "customer", f" {names[called]} ")

    assert entry.key == stored_key(customer_name(customer.pk))


def test_a_handle_that_two_customers_share_is_refused(rita: User, blocked: EntityList) -> None:
    customer = a_customer()
    twin = a_customer()
    Customer.objects.filter(pk=twin.pk).update(id=uuid.UUID(customer.pk.hex[:8] + "0" * 24))

    with pytest.raises(Refusal) as refusal:
        put(blocked, rita, "customer", customer.reference)

    assert refusal.value.code == "ambiguous_customer"
    assert not ListEntry.objects.exists()


def test_a_merchant_that_nobody_has_seen_is_known_from_now_on(
    rita: User, blocked: EntityList, live: Workspace
) -> None:
    entry = put(blocked, rita, "merchant", "never-seen")

    merchant = Merchant.objects.get(workspace=live, external_id="never-seen")
    assert entry.key == stored_key(name_in(live.pk, merchant.pk))


@pytest.mark.parametrize(
    ("subject", "reference", "code"),
    [
        ("customer", "nobody", "unknown_customer"),
        ("card", "tok_unseen", "unknown_card"),
        ("card", "4111111111111111", "card_number_refused"),
        ("ip", "10.0.0.0/8", "invalid_ip_address"),
        ("device", "   ", "reference_missing"),
        ("planet", "mars", "unknown_subject"),
    ],
)
def test_what_cannot_be_listed_is_refused_and_leaves_nothing(
    rita: User, blocked: EntityList, subject: str, reference: str, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        put(blocked, rita, subject, reference)

    assert refusal.value.code == code
    assert not ListEntry.objects.exists()
    assert not AuditEntry.objects.filter(action="list.entry_added").exists()


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (" ", "reason_missing"),
        ("x" * 201, "reason_too_long"),
        ("4111 1111 1111 1111", "card_number_refused"),
    ],
)
def test_an_entry_needs_a_reason_that_can_be_kept(
    rita: User, blocked: EntityList, reason: str, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        put(blocked, rita, "device", "d-1", reason=reason)

    assert (refusal.value.code, refusal.value.field) == (code, "reason")


def test_an_entity_stands_on_a_list_once(rita: User, blocked: EntityList) -> None:
    put(blocked, rita, "device", "d-1")

    with pytest.raises(Refusal) as refusal:
        put(blocked, rita, "device", "d-1")

    assert refusal.value.sentence == "Device is on the list already."
    assert ListEntry.objects.count() == 1


def test_an_entry_that_ran_out_gives_way_to_a_new_one(rita: User, blocked: EntityList) -> None:
    old = put(blocked, rita, "device", "d-1")
    ListEntry.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(hours=1))

    new = put(blocked, rita, "device", "d-1", reason="Seen again")

    assert list(ListEntry.objects.values_list("pk", "reason")) == [(new.pk, "Seen again")]


def test_nobody_puts_themselves_on_an_allow_list(rita: User) -> None:
    trusted = list_create(list_id="trusted", title="Trusted", kind="allow", user=rita)
    own = a_customer("rita", user=rita)

    with pytest.raises(Refusal) as refusal:
        put(trusted, rita, "customer", str(own.pk))

    assert refusal.value.code == "own_customer"
    assert not ListEntry.objects.exists()


def test_the_trail_names_the_entry_and_never_the_id(rita: User, blocked: EntityList) -> None:
    entry = put(blocked, rita, "ip", "203.0.113.7", expires_at=timezone.now() + timedelta(days=1))
    pk = str(entry.pk)
    list_entry_remove(entry=entry, user=rita)

    added, removed = AuditEntry.objects.filter(action__startswith="list.entry").order_by("id")
    assert (added.action, removed.action) == ("list.entry_added", "list.entry_removed")
    assert added.details["entry_id"] == removed.details["entry_id"] == pk
    assert "203.0.113.7" not in str(added.details)
    assert not ListEntry.objects.exists()


def test_an_entry_is_found_again_by_the_id_that_was_entered(
    rita: User, blocked: EntityList
) -> None:
    a_transaction(a_customer("user-1"))
    entries = [
        put(blocked, rita, subject, reference)
        for subject, reference in (
            ("customer", "user-1"), ("merchant", "shop-1"), ("device", "d-1"), ("ip", "192.0.2.1"),
        )
    ]  # fmt: skip

    for entry, reference in zip(
        entries, ("user-1", "shop-1", "d-1", "::ffff:192.0.2.1"), strict=True
    ):
        assert entry.key in keys_of_reference(reference)
        assert sum(one.key in keys_of_reference(reference) for one in entries) == 1


def test_a_list_is_renewed_until_a_day_to_come(rita: User, blocked: EntityList) -> None:
    end = timezone.now() + timedelta(days=30)

    list_renew(entity_list=blocked, valid_until=end, user=rita)

    blocked.refresh_from_db()
    assert blocked.valid_until == end
    assert AuditEntry.objects.filter(action="list.renewed", target_id="blocked").count() == 1
    with pytest.raises(Refusal):
        list_renew(entity_list=blocked, valid_until=timezone.now(), user=rita)
    blocked.refresh_from_db()
    assert blocked.valid_until == end


def test_an_id_names_one_list(rita: User, blocked: EntityList) -> None:
    with pytest.raises(Refusal) as refusal:
        list_create(list_id="blocked", title="Other", kind="allow", user=rita)

    assert refusal.value.code == "list_exists"
    assert EntityList.objects.get().title == "Blocked"
