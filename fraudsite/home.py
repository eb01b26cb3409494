"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from fraudsite.core.models import User
from kyc.models import Customer
from kyc.selectors import is_verified


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Tell visitors what will happen, customers where they go on; staff go to their work."""
    if not request.user.is_authenticated:
        return render(request, "home.html")
    if request.user.is_staff:
        return redirect("admin:index")
    return render(request, "home.html", {"is_verified": _is_verified(request.user)})


def _is_verified(user: User) -> bool:
    """Whether somebody is a verified customer; looking at the front page makes nobody one."""
    customer_id = Customer.objects.filter(user=user).values_list("pk", flat=True).first()
    return customer_id is not None and is_verified(customer_id)
