"""Pages that are not Django's own forms and lists, in the staff site's frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from fraudsite.core.models import User
from kyc.admin.refusal_words import refusal_words
from kyc.refusals import Refusal
from scoring.admin.gates import staff

if TYPE_CHECKING:
    Page = ModelAdmin[Any]
else:
    # Django's own class takes no parameter at run time.
    Page = ModelAdmin
AnyForm = TypeVar("AnyForm", bound=forms.Form)
# Takes what is in a form; returns what to say and where to go.
Save = Callable[[AnyForm, User], tuple[str, str]]


class InstantInput(forms.DateTimeInput):
    """The browser's own field for a day and time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def staff_page(
    page_of: Page,
    request: HttpRequest,
    template: str,
    title: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Return a page with the navigation of the staff site around it."""
    frame = page_of.admin_site.each_context(request)
    whole = {**frame, **context, "title": title, "opts": page_of.model._meta}
    return TemplateResponse(request, template, whole)


def form_page(
    page_of: Page,
    request: HttpRequest,
    form: AnyForm,
    save: Save[AnyForm],
    *,
    title: str,
    button: str,
    template: str = "admin/scoring/form.html",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show a form until `save` takes what is in it; nothing that was typed is ever lost.

    A refusal becomes the error of its field.
    """
    if request.method == "POST" and form.is_valid():
        try:
            done, address = save(form, staff(request))
        except Refusal as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, refusal.sentence)
        else:
            page_of.message_user(request, done, messages.SUCCESS)
            return redirect(address)
    own = {"form": form, "button": button}
    return staff_page(page_of, request, template, title, {**(context or {}), **own})


def do_or_say(page_of: Page, request: HttpRequest, act: Callable[[], object], done: str) -> None:
    """Do what a button asks for, and tell the person how it went."""
    try:
        act()
    except Refusal as refusal:
        page_of.message_user(request, refusal_words(refusal), messages.ERROR)
    else:
        page_of.message_user(request, done, messages.SUCCESS)
