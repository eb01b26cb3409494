"""Views that are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpResponse
from django.utils.module_loading import import_string


def later(page_of: ModelAdmin[Any], name: str) -> Callable[..., HttpResponse]:
    """Return the view of this package that a name such as "rule_views.version_view" means.

    Every command and worker loads the admin. What computes features and models takes seconds to
    load, and is of use to none of them that never shows a page.
    """
    return partial(_call, f"{__package__}.{name}", page_of)


def _call(address: str, page_of: ModelAdmin[Any], *args: Any, **kwargs: Any) -> HttpResponse:
    response: HttpResponse = import_string(address)(page_of, *args, **kwargs)
    return response
