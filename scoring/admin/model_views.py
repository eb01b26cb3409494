"""The pages of a model: what it was measured at, promotion and rollback."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fraudsite.core.actors import Actor
from fraudsite.core.transitions import TransitionRefused
from scoring.admin.gates import found, staff
from scoring.admin.model_page import champion_state, model_context
from scoring.admin.pages import Page, staff_page
from scoring.models import ModelVersion
from scoring.services.models import ModelRefused, model_promote, model_rollback

MOVED_ON = "Models have moved on since you opened this page. Look again, then decide."


def model_view(page_of: Page, request: HttpRequest, object_id: str) -> HttpResponse:
    """Show one model with its measurements and its history."""
    rows = ModelVersion.objects.all()
    model = found(request, rows, "scoring.view_modelversion", pk=object_id)
    context = model_context(model, staff(request))
    template = "admin/scoring/modelversion/page.html"
    return staff_page(page_of, request, template, f"Model {model.version}", context)


def promote_view(page_of: Page, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make a model the champion."""
    model = _model(request, key)

    def promote() -> ModelVersion:
        model_promote(model=model, actor=Actor.of_user(staff(request)))
        return model

    return _act(page_of, request, model, promote, "is the champion")


def rollback_view(page_of: Page, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make the champion before this one the champion again."""

    def roll_back() -> ModelVersion:
        return model_rollback(actor=Actor.of_user(staff(request)))

    return _act(page_of, request, _model(request, key), roll_back, "is the champion again")


def _act(
    page_of: Page,
    request: HttpRequest,
    model: ModelVersion,
    act: Callable[[], ModelVersion],
    done: str,
) -> HttpResponse:
    """Do what a button asks for, on models as they still stand; show the champion's page."""
    if request.method != "POST":
        return redirect(_page_of(model))
    if request.POST.get("seen", "") != champion_state(model):
        page_of.message_user(request, MOVED_ON, messages.ERROR)
        return redirect(_page_of(model))
    try:
        champion = act()
    except (ModelRefused, TransitionRefused) as refusal:
        page_of.message_user(request, str(refusal), messages.ERROR)
        return redirect(_page_of(model))
    page_of.message_user(request, f"{champion.version} {done}.", messages.SUCCESS)
    return redirect(_page_of(champion))


def _model(request: HttpRequest, key: uuid.UUID) -> ModelVersion:
    return found(request, ModelVersion.objects.all(), "scoring.promote_model", pk=key)


def _page_of(model: ModelVersion) -> str:
    return reverse("admin:scoring_modelversion_change", args=[model.pk])
