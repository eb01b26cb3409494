"""The staff site: unfold's look, the site's own log-in with its second factor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from unfold.sites import UnfoldAdminSite

# unfold drives its menus with Alpine, which compiles expressions, and sets sizes inline. Only the
# staff site gets this; customers' pages keep the strict policy.
ADMIN_CSP = {"script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE], "style-src": [SELF, UNSAFE_INLINE]}


# Registered by packages, and of no use here: permissions follow from the role alone, addresses and
# second factors are their owners' business.
UNWANTED = frozenset({"auth.group", "account.emailaddress", "mfa.authenticator"})


class FraudAdminSite(UnfoldAdminSite):
    """The admin of analysts, managers and auditors."""

    def register(self, model_or_iterable: Any, *args: Any, **kwargs: Any) -> None:
        """Take in what apps register, but for what is not wanted."""
        is_one = isinstance(model_or_iterable, type)
        models: list[Any] = [model_or_iterable] if is_one else list(model_or_iterable)
        wanted = [model for model in models if model._meta.label_lower not in UNWANTED]
        super().register(wanted, *args, **kwargs)

    def extra_urls(self) -> list[URLPattern]:
        """Return addresses of pages that belong to no table; unfold puts them before the others."""
        # This module is read while apps still load; models are there when addresses are asked for.
        from cases.admin.dashboard import dashboard_urls  # noqa: PLC0415

        return dashboard_urls(self)

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return what the menu shows: tables, and the dashboard before those of cases."""
        apps: list[dict[str, Any]] = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "cases":
                app["models"].insert(0, _menu_entry("Dashboard", "admin:cases_dashboard"))
        return apps

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send visitors to the site's own log-in, so that there is one door with one lock."""
        if request.user.is_authenticated:
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next", request.path.replace("login/", "")))

    def admin_view(
        self,
        view: Callable[..., HttpResponse],
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Callable[..., HttpResponse]:
        """Wrap every admin view with the staff site's content policy."""
        return csp_update(ADMIN_CSP)(super().admin_view(view, cacheable))


def _menu_entry(name: str, view: str) -> dict[str, Any]:
    """Return a page as the menu takes it, which otherwise knows tables only."""
    return {"name": name, "object_name": name, "admin_url": reverse(view), "view_only": True}
