"""Accounts, cards, devices and merchants: looked at, never changed here."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.decorators import display

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.models import Workspace
from transactions.admin.masking import masked_address, masked_id, shown_counterparty
from transactions.admin.paging import BoundedPaginator
from transactions.choices import MerchantKind
from transactions.models import Account, Card, Device, Merchant
from transactions.money import Money

KIND_COLOURS = dict.fromkeys(MerchantKind, "info")


class EntityAdmin(ReadOnlyAdmin):
    """Found by the whole id that callers use, which is not shown."""

    paginator = BoundedPaginator
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    list_select_related: tuple[str, ...] = ("workspace",)
    search_fields = ("external_id",)
    search_help_text = "The whole id, as callers send it"
    id_field = "external_id"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Compare exactly: the ids are indexed that way, within each workspace."""
        term = search_term.strip()
        if not term:
            return queryset, False
        exact = Q(workspace__in=Workspace.objects.all()) & Q(**{self.id_field: term})
        return queryset.filter(exact), False


@admin.register(Account)
class AccountAdmin(EntityAdmin):
    """Customers' accounts."""

    list_display = (
        *("shown_account", "shown_customer", "kind", "currency", "shown_balance"),
        *("opened_at", "workspace"),
    )
    list_filter = ("kind", "currency", "keeps_balance", "workspace")
    list_select_related = ("workspace", "customer")
    fields = list_display

    @display(description="Account")
    def shown_account(self, account: Account) -> str:
        """Return its kind and short handle."""
        return str(account)

    @display(description="Customer")
    def shown_customer(self, account: Account) -> str:
        """Return the short handle."""
        return account.customer.reference

    @display(description="Balance")
    def shown_balance(self, account: Account) -> str:
        """Return the balance where it is kept here."""
        if not account.keeps_balance:
            return "kept elsewhere"
        return str(Money(account.balance_minor, account.currency)) if account.balance_minor else "0"


@admin.register(Card)
class CardAdmin(EntityAdmin):
    """Cards, by the token of their processor."""

    list_display = ("id", "shown_token", "shown_customer", "created_at", "workspace")
    list_filter = ("workspace",)
    list_select_related = ("workspace", "customer")
    fields = list_display
    search_fields = ("token",)
    search_help_text = "The whole token"
    id_field = "token"

    @display(description="Token")
    def shown_token(self, card: Card) -> str:
        """Return its end."""
        return masked_id(card.token)

    @display(description="Customer")
    def shown_customer(self, card: Card) -> str:
        """Return the short handle."""
        return card.customer.reference


@admin.register(Device)
class DeviceAdmin(EntityAdmin):
    """Devices, and how many addresses each used."""

    list_display = (
        *("id", "shown_device", "shown_fingerprint", "first_seen_at", "last_seen_at"),
        "workspace",
    )
    list_filter = ("workspace",)
    fields = (*list_display, "shown_addresses")

    @display(description="Device")
    def shown_device(self, device: Device) -> str:
        """Return the end of its id."""
        return masked_id(device.external_id)

    @display(description="Fingerprint")
    def shown_fingerprint(self, device: Device) -> str:
        """Return its end."""
        return masked_id(device.fingerprint) or "none"

    @display(description="Networks")
    def shown_addresses(self, device: Device) -> str:
        """Return the networks it was seen in, newest first."""
        newest = device.addresses.order_by("-last_seen_at")[:20]
        networks = dict.fromkeys(masked_address(address.ip_address) for address in newest)
        return ", ".join(networks) or "none"


@admin.register(Merchant)
class MerchantAdmin(EntityAdmin):
    """Counterparties. Shops have names; people who are paid have none here."""

    list_display = ("id", "shown_name", "shown_kind", "mcc", "country", "created_at", "workspace")
    list_filter = ("kind", "workspace")
    fields = list_display

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Merchant | None:
        """Return the row as its page may call it: the title is the row's own name."""
        merchant: Merchant | None = super().get_object(request, object_id, from_field)
        if merchant is not None:
            merchant.name = shown_counterparty(merchant)
        return merchant

    @display(description="Name")
    def shown_name(self, merchant: Merchant) -> str:
        """Return a shop's name, or the end of the id."""
        return shown_counterparty(merchant)

    @display(description="Kind", ordering="kind", label=KIND_COLOURS)
    def shown_kind(self, merchant: Merchant) -> tuple[str, str]:
        """Return the kind with its colour."""
        return merchant.kind, merchant.get_kind_display()
