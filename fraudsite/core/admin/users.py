"""Accounts and their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.services.users import (
    UserChangeRefused,
    user_change_role,
    user_create,
    user_set_active,
)

if TYPE_CHECKING:
    UserModelForm = forms.ModelForm[User]
else:
    # Django's own class takes no parameter at run time.
    UserModelForm = forms.ModelForm


class UserForm(UserModelForm):
    """What an administrator may set; the services are what sets it."""

    class Meta:
        model = User
        fields = ("email", "role", "is_active")


@admin.register(User)
class UserAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Accounts: an administrator makes them, gives them roles and switches them off."""

    form = UserForm
    list_display = ("email", "role", "is_active", "created_at", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email",)
    ordering = ("email",)
    readonly_fields = ("id", "created_at", "last_login")
    fields = ("email", "role", "is_active", "id", "created_at", "last_login")
    show_full_result_count = False
    list_per_page = 50

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Fix the address once the account exists: its owner changes it, with confirmation."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, "email") if obj else tuple(fixed)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Ask for no more than the address and the role of a new account."""
        return tuple(super().get_fields(request, obj)) if obj else ("email", "role")

    def save_model(
        self,
        request: HttpRequest,
        obj: User,
        form: UserForm,
        change: bool,  # noqa: FBT001 - Django's signature
    ) -> None:
        """Hand the change to the services, which check and audit it."""
        if not isinstance(request.user, User):
            return
        actor = Actor.of_user(request.user)
        role = Role(form.cleaned_data["role"])
        if not change:
            created = user_create(email=form.cleaned_data["email"], role=role, actor=actor)
            obj.pk = created.pk
            return
        try:
            user_change_role(user=obj, role=role, actor=actor)
            user_set_active(user=obj, is_active=form.cleaned_data["is_active"], actor=actor)
        except UserChangeRefused as refusal:
            self.message_user(request, str(refusal), "error")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Accounts are switched off, not deleted: history names them."""
        return False
