"""The pages of a rule: its versions, the editor, and the buttons of a version's life."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from fraudsite.core.models import User
from scoring.admin.gates import found, staff
from scoring.admin.pages import Page, Save, do_or_say, form_page, staff_page
from scoring.admin.rule_forms import RuleForm, initial_of, name_groups
from scoring.admin.rule_page import rule_context, version_context
from scoring.choices import RuleStatus
from scoring.models import Rule, RuleVersion
from scoring.services.rule_backtests import BacktestPlan, rule_backtest
from scoring.services.rules import (
    rule_activate,
    rule_draft,
    rule_edit,
    rule_retire,
    rule_shadow,
    version_state,
)

# Some seconds; `manage.py backtest_rule` looks at more.
ON_THE_PAGE = BacktestPlan(days=30, limit=20_000)
Act = Callable[[RuleVersion, str, User], object]


def rule_view(page_of: Page, request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show a rule with its versions."""
    rule = found(request, Rule.objects.all(), "scoring.view_rule", pk=rule_id)
    context = rule_context(rule, staff(request))
    return staff_page(page_of, request, "admin/scoring/rule/page.html", rule.title, context)


def version_view(page_of: Page, request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """Show one version with its backtest and its buttons."""
    version = _version(request, rule_id, number, "scoring.view_rule")
    context = version_context(version, staff(request))
    return staff_page(page_of, request, "admin/scoring/rule/version.html", str(version), context)


def new_view(page_of: Page, request: HttpRequest) -> HttpResponse:
    """Write a new rule's first draft."""
    if not staff(request).has_perm("scoring.add_rule"):
        raise PermissionDenied

    def create(form: RuleForm, user: User) -> tuple[str, str]:
        return _drafted(form.cleaned_data["rule_id"], form, user)

    return _editor(page_of, request, "New rule", None, create)


def draft_view(page_of: Page, request: HttpRequest, rule_id: str) -> HttpResponse:
    """Write the next version, beginning with the words of the newest."""
    rule = found(request, Rule.objects.all(), "scoring.change_rule", pk=rule_id)
    newest = rule.versions.select_related("rule").order_by("-number").first()

    def draft(form: RuleForm, user: User) -> tuple[str, str]:
        return _drafted(rule.pk, form, user)

    return _editor(page_of, request, f"Next version of {rule.title}", newest, draft)


def edit_view(page_of: Page, request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """Change a draft."""
    version = _version(request, rule_id, number, "scoring.change_rule")
    if version.status != RuleStatus.DRAFT:
        messages.error(request, "Only a draft can be edited. Write the next version instead.")
        return redirect(_page_of(version))

    def edit(form: RuleForm, user: User) -> tuple[str, str]:
        data, text = form.cleaned_data, form.text()
        edited = rule_edit(
            version=version, title=data["title"], text=text, seen=data["seen"], user=user
        )
        return _kept(edited)

    return _editor(page_of, request, f"Edit {version}", version, edit)


def backtest_view(page_of: Page, request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """Try a version on stored decisions."""

    def act(version: RuleVersion, seen: str, user: User) -> object:
        return rule_backtest(version=version, plan=ON_THE_PAGE, seen=seen, user=user)

    version = _version(request, rule_id, number, "scoring.change_rule")
    return _act(page_of, request, version, act, "was tried on stored decisions")


def shadow_view(page_of: Page, request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """Have a version watch."""

    def act(version: RuleVersion, seen: str, user: User) -> object:
        return rule_shadow(version=version, seen=seen, user=user)

    version = _version(request, rule_id, number, "scoring.change_rule")
    return _act(page_of, request, version, act, "is in shadow")


def activate_view(page_of: Page, request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """Have a version act."""

    def act(version: RuleVersion, seen: str, user: User) -> object:
        return rule_activate(version=version, seen=seen, user=user)

    version = _version(request, rule_id, number, "scoring.activate_rule")
    return _act(page_of, request, version, act, "is active")


def retire_view(page_of: Page, request: HttpRequest, rule_id: str, number: int) -> HttpResponse:
    """Take a version out of use."""

    def act(version: RuleVersion, seen: str, user: User) -> object:
        return rule_retire(version=version, seen=seen, user=user)

    version = _version(request, rule_id, number, "scoring.change_rule")
    return _act(page_of, request, version, act, "is retired")


def _act(
    page_of: Page, request: HttpRequest, version: RuleVersion, act: Act, done: str
) -> HttpResponse:
    """Do what a button of the version's page asks for, and show the page again."""
    if request.method == "POST":
        seen, user = request.POST.get("seen", ""), staff(request)
        do_or_say(page_of, request, lambda: act(version, seen, user), f"{version} {done}.")
    return redirect(_page_of(version))


def _editor(
    page_of: Page,
    request: HttpRequest,
    title: str,
    before: RuleVersion | None,
    save: Save[RuleForm],
) -> HttpResponse:
    initial = {**initial_of(before), "seen": version_state(before) if before else ""}
    return form_page(
        page_of,
        request,
        RuleForm(request.POST or None, initial=initial, has_fixed_id=before is not None),
        save,
        title=title,
        button="Keep as draft",
        template="admin/scoring/rule/editor.html",
        context={"name_groups": name_groups()},
    )


def _version(request: HttpRequest, rule_id: str, number: int, permission: str) -> RuleVersion:
    rows = RuleVersion.objects.select_related("rule", "created_by", "activated_by")
    return found(request, rows, permission, rule_id=rule_id, number=number)


def _drafted(rule_id: str, form: RuleForm, user: User) -> tuple[str, str]:
    title = form.cleaned_data["title"]
    return _kept(rule_draft(rule_id=rule_id, title=title, text=form.text(), user=user))


def _kept(version: RuleVersion) -> tuple[str, str]:
    return f"{version} is kept as a draft.", _page_of(version)


def _page_of(version: RuleVersion) -> str:
    return reverse("admin:scoring_rule_version", args=[version.rule_id, version.number])
