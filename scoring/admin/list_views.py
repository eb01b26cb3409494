"""The pages on which lists are made and renewed, and entities put on them."""

from __future__ import annotations

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from fraudsite.core.models import User, Workspace
from scoring.admin.gates import found, staff
from scoring.admin.pages import InstantInput, Page, form_page, staff_page
from scoring.choices import ListKind, ListSubject
from scoring.models import EntityList
from scoring.services.lists import list_create, list_entry_add, list_renew


class RenewalForm(forms.Form):
    """How long a list may decide."""

    valid_until = forms.DateTimeField(
        required=False,
        widget=InstantInput(),
        help_text="UTC. After that it decides nothing by itself: what it hits goes to a person.",
    )


class ListForm(RenewalForm):
    """A list as it begins."""

    list_id = forms.SlugField(
        label="Id", max_length=40, help_text="Stands in decisions and never changes"
    )
    title = forms.CharField(max_length=100)
    kind = forms.ChoiceField(choices=ListKind)
    field_order = ("list_id", "title", "kind", "valid_until")


class EntryForm(forms.Form):
    """Who is put on a list, by the id that callers use; only its key is kept."""

    entity_list = forms.ModelChoiceField(EntityList.objects.order_by("title"), label="List")
    workspace = forms.ModelChoiceField(Workspace.objects.all())
    subject = forms.ChoiceField(choices=ListSubject, label="What it names")
    reference = forms.CharField(
        label="Id",
        max_length=100,
        help_text=(
            "A customer’s id or handle, a merchant’s or device’s id, a card’s token, an IP address"
        ),
    )
    reason = forms.CharField(max_length=200, help_text="For whoever reads this later")
    expires_at = forms.DateTimeField(
        label="Until", required=False, widget=InstantInput(), help_text="UTC; empty: no end"
    )


def new_view(page_of: Page, request: HttpRequest) -> HttpResponse:
    """Make a list."""
    if not staff(request).has_perm("scoring.add_entitylist"):
        raise PermissionDenied
    form = ListForm(request.POST or None)
    return form_page(page_of, request, form, _create, title="New list", button="Make the list")


def list_view(page_of: Page, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show a list, with the form that renews it for who may."""
    shown = found(request, EntityList.objects.all(), "scoring.view_entitylist", pk=object_id)
    rows = {"rows": _rows(shown)}
    if not staff(request).has_perm("scoring.change_entitylist"):
        if request.method == "POST":
            raise PermissionDenied
        return staff_page(page_of, request, "admin/scoring/form.html", shown.title, rows)

    def renew(form: RenewalForm, user: User) -> tuple[str, str]:
        until = form.cleaned_data["valid_until"]
        list_renew(entity_list=shown, valid_until=until, user=user)
        return f"{shown.title} is renewed.", _page_of(shown)

    form = RenewalForm(request.POST or None, initial={"valid_until": shown.valid_until})
    return form_page(page_of, request, form, renew, title=shown.title, button="Renew", context=rows)


def new_entry_view(page_of: Page, request: HttpRequest) -> HttpResponse:
    """Put an entity on a list."""
    if not staff(request).has_perm("scoring.add_listentry"):
        raise PermissionDenied
    form = EntryForm(request.POST or None, initial={"workspace": Workspace.objects.live()})
    return form_page(page_of, request, form, _add, title="New entry", button="Put on the list")


def _create(form: ListForm, user: User) -> tuple[str, str]:
    made = list_create(**form.cleaned_data, user=user)
    return f"{made.title} is made.", _page_of(made)


def _rows(shown: EntityList) -> list[tuple[str, str]]:
    until = shown.valid_until
    return [
        ("Id", shown.pk),
        ("Kind", shown.get_kind_display()),
        ("Valid until", f"{until:%-d %b %Y, %H:%M} UTC" if until else "no end"),
        ("Entries", f"{shown.entries.count():,}"),
    ]


def _page_of(shown: EntityList) -> str:
    return reverse("admin:scoring_entitylist_change", args=[shown.pk])


def _add(form: EntryForm, user: User) -> tuple[str, str]:
    data = form.cleaned_data
    entry = list_entry_add(**data, user=user)
    words = f"{entry.get_subject_display()} is on {entry.entity_list.title} now."
    return words, reverse("admin:scoring_listentry_changelist")
