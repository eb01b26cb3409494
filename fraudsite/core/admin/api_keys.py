"""API keys: an administrator makes them, hands their text over once, and revokes them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from fraudsite.core.actors import Actor
from fraudsite.core.choices import ApiScope
from fraudsite.core.models import ApiKey, User
from fraudsite.core.services.api_keys import api_key_create, api_key_revoke

if TYPE_CHECKING:
    ApiKeyModelForm = forms.ModelForm[ApiKey]
else:
    # Django's own class takes no parameter at run time.
    ApiKeyModelForm = forms.ModelForm

STATE_COLOURS = {"In force": "success", "Expired": "warning", "Revoked": "danger"}


class ApiKeyForm(ApiKeyModelForm):
    """What an administrator chooses; the service makes the key."""

    scopes = forms.MultipleChoiceField(
        choices=ApiScope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ApiKey
        fields = ("name", "workspace", "scopes", "expires_at")

    def clean_expires_at(self) -> datetime | None:
        """Refuse a key that would open nothing."""
        expires_at: datetime | None = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            message = "This time is past."
            raise forms.ValidationError(message)
        return expires_at


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Keys by their public prefix; the hash of the secret is shown nowhere."""

    form = ApiKeyForm
    list_display = (
        "name", "prefix", "workspace", "shown_scopes", "state", "created_at", "expires_at",
        "last_used_on",
    )  # fmt: skip
    list_filter = ("workspace",)
    list_select_related = ("workspace",)
    search_fields = ("name", "prefix__exact")
    ordering = ("-created_at",)
    show_full_result_count = False
    list_per_page = 50
    fields = ("name", "workspace", "scopes", "expires_at")
    shown_fields = (
        "name", "prefix", "workspace", "shown_scopes", "state", "created_by", "created_at",
        "expires_at", "revoked_at", "last_used_on",
    )  # fmt: skip
    readonly_fields = ("shown_scopes", "state")
    actions_detail = ("revoke",)

    @display(description="State", label=STATE_COLOURS)  # type: ignore[untyped-decorator]  # unfold
    def state(self, key: ApiKey) -> str:
        """Return whether the key opens anything, and if not, why."""
        if key.revoked_at is not None:
            return "Revoked"
        return "In force" if key.is_in_force(timezone.now()) else "Expired"

    @admin.display(description="Scopes")
    def shown_scopes(self, key: ApiKey) -> str:
        """Return the scopes as a caller writes them."""
        return ", ".join(key.scopes)

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> tuple[str, ...]:
        """Ask for little of a new key, and show all there is to show of an old one."""
        return self.shown_fields if obj else self.fields

    def save_model(
        self,
        request: HttpRequest,
        obj: ApiKey,
        form: ApiKeyForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Hand the new key to the service, and its text to the page that shows it once."""
        if not isinstance(request.user, User) or change:
            return
        created = api_key_create(**form.cleaned_data, actor=Actor.of_user(request.user))
        obj.pk, obj.prefix = created.key.pk, created.key.prefix
        request.created_api_key_text = created.text  # type: ignore[attr-defined]  # for this answer

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the text, this once; admin pages are never cached."""
        text = request.created_api_key_text  # type: ignore[attr-defined]  # set above
        return self._page(request, "created", obj, {"text": text})

    @action(description="Revoke", permissions=["revoke"])  # type: ignore[untyped-decorator]  # unfold
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and after the answer end the key for good."""
        key = self.get_object(request, object_id)
        if key is None or not isinstance(request.user, User):
            raise Http404
        if request.method != "POST":
            return self._page(request, "revoke", key, {})
        if api_key_revoke(api_key=key, actor=Actor.of_user(request.user)):
            self.message_user(request, f"{key} opens nothing any more.", messages.SUCCESS)
        else:
            self.message_user(request, f"{key} had been revoked before.", messages.WARNING)
        return redirect("admin:core_apikey_changelist")

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the user may end keys."""
        return isinstance(request.user, User) and request.user.has_perm("core.revoke_apikey")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a key: what it may do was agreed when it was handed over."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a key: history names it."""
        return False

    def _page(
        self, request: HttpRequest, name: str, key: ApiKey, more: dict[str, Any]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"API key {key.name}",
            "key": key,
            **more,
        }
        return TemplateResponse(request, f"admin/core/apikey/{name}.html", context)
