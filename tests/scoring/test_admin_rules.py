"""The staff pages of rules: the editor, the buttons of a version's life, and who has them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, User
from scoring.features import SCHEMA
from scoring.models import Rule, RuleVersion
from scoring.rules import FIELDS
from scoring.services.rule_texts import RuleText
from scoring.services.rules import rule_draft, version_state
from tests.scoring.decided import a_customer, a_transaction, decide

pytestmark = pytest.mark.django_db
LIST = "admin:scoring_rule_changelist"
FORM = {
    "rule_id": "large",
    "title": "Large amounts",
    "expression": "amount > 1000",
    "effect": "review",
    "sentence": "More than a thousand euros.",
}


@pytest.fixture(autouse=True)
def without_second_factor(settings: object) -> None:
    settings.STAFF_MFA_REQUIRED = False  # type: ignore[attr-defined]  # tested in tests/core


@pytest.fixture
def rita(make_user: Callable[..., User]) -> User:
    return make_user("rita@example.com", Role.RISK_MANAGER)


@pytest.fixture
def ralf(make_user: Callable[..., User]) -> User:
    return make_user("ralf@example.com", Role.RISK_MANAGER)


@pytest.fixture
def draft(rita: User) -> RuleVersion:
    text = RuleText(FORM["expression"], FORM["effect"], FORM["sentence"])
    return rule_draft(rule_id="large", title=FORM["title"], text=text, user=rita)


def address(name: str, version: RuleVersion) -> str:
    return reverse(f"admin:scoring_rule_{name}", args=[version.rule_id, version.number])


def press(client: Client, name: str, version: RuleVersion, seen: str = "") -> HttpResponse:
    version.refresh_from_db()
    form = {"seen": seen or version_state(version)}
    return client.post(address(name, version), form, follow=True)


@pytest.mark.parametrize(
    ("role", "status", "writes"),
    [
        (None, 302, False),
        (Role.CUSTOMER, 302, False),
        (Role.ANALYST, 200, False),
        (Role.SENIOR_ANALYST, 200, False),
        (Role.RISK_MANAGER, 200, True),
        (Role.AUDITOR, 200, False),
        (Role.ADMINISTRATOR, 200, True),
    ],
)
def test_who_looks_and_who_writes(
    role: str | None,
    status: int,
    writes: bool,
    draft: RuleVersion,
    make_user: Callable[..., User],
    as_user: Callable[[User], Client],
) -> None:
    client = as_user(make_user("somebody@example.com", role)) if role else Client()
    pages = (
        reverse(LIST),
        reverse("admin:scoring_rule_change", args=["large"]),
        address("version", draft),
    )

    assert [client.get(page).status_code for page in pages] == [status] * 3
    assert (client.get(reverse("admin:scoring_rule_add")).status_code == 200) is writes
    assert (client.get(address("edit", draft)).status_code == 200) is writes
    client.post(reverse("admin:scoring_rule_add"), {**FORM, "rule_id": "other"})
    assert Rule.objects.filter(pk="other").exists() is writes
    for name in ("backtest", "shadow", "retire"):
        press(client, name, draft)
    draft.refresh_from_db()
    assert (draft.status == "retired") is writes


def test_a_rule_goes_from_the_editor_to_acting(
    rita: User, ralf: User, as_user: Callable[[User], Client]
) -> None:
    decide(a_transaction(a_customer(), amount_minor=2000_00))
    author, second = as_user(rita), as_user(ralf)

    kept = author.post(reverse("admin:scoring_rule_add"), FORM, follow=True)
    assert "large@1 is kept as a draft." in kept.content.decode()
    version = RuleVersion.objects.get()
    page = press(author, "shadow", version)
    assert "Backtest this text first" in page.content.decode()
    page = press(author, "backtest", version)
    assert dict(page.context["backtest"])["Hits"] == 1
    press(author, "shadow", version)
    page = press(author, "activate", version)
    assert "a second person makes it active" in page.content.decode()
    version.refresh_from_db()
    assert version.status == "shadow"
    page = press(second, "activate", version)

    assert "large@1 is active." in page.content.decode()
    version.refresh_from_db()
    assert (version.status, version.activated_by) == ("active", ralf)
    assert "1 of 1 (@1)" in second.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"expression": "amonut > 5"}, "expression", "There is no name amonut."),
        ({"expression": ""}, "expression", "This field is required."),
        ({"expression": "__import__('os').system('id')"}, "expression", "At character"),
        ({"rule_id": "two words"}, "rule_id", "valid"),
        ({"effect": "approve"}, "effect", "Select a valid choice"),
        ({"sentence": "x" * 201}, "sentence", "at most 200"),
    ],
)
def test_the_editor_says_what_is_wrong_beside_the_field_and_loses_nothing(
    rita: User,
    as_user: Callable[[User], Client],
    changes: dict[str, str],
    field: str,
    words: str,
) -> None:
    form = {**FORM, **changes}

    page = as_user(rita).post(reverse("admin:scoring_rule_add"), form)

    assert page.status_code == 200
    assert words in " ".join(page.context["form"].errors[field])
    assert f'id="id_{field}_error"' in page.content.decode()
    assert f'aria-describedby="id_{field}' in page.content.decode()
    assert page.context["form"]["title"].value() == FORM["title"]
    assert not Rule.objects.exists()


def test_every_name_is_listed_with_what_it_is(
    rita: User, as_user: Callable[[User], Client]
) -> None:
    page = as_user(rita).get(reverse("admin:scoring_rule_add"))

    listed = {name.name for group in page.context["name_groups"] for name in group.names}
    assert listed == {*SCHEMA.names, *(spec.name for spec in FIELDS)}
    assert [group.label for group in page.context["name_groups"]] == ["Flags", "Numbers", "Texts"]
    assert "atm, api, mobile" not in page.content.decode()
    assert "api, atm, mobile, pos, web" in page.content.decode()


def test_the_next_version_begins_with_the_words_of_the_one_before(
    rita: User, draft: RuleVersion, as_user: Callable[[User], Client]
) -> None:
    client = as_user(rita)
    page = reverse("admin:scoring_rule_draft", args=["large"])
    refused = client.post(page, FORM)
    press(client, "retire", draft)

    begun = client.get(page)
    client.post(page, {**FORM, "expression": "amount > 5000", "title": "Larger amounts"})

    assert "This rule has a draft already." in refused.content.decode()
    assert begun.context["form"]["expression"].value() == "amount > 1000"
    versions = RuleVersion.objects.order_by("number").values_list("number", "expression", "status")
    assert list(versions) == [(1, "amount > 1000", "retired"), (2, "amount > 5000", "draft")]
    assert Rule.objects.get().title == "Larger amounts"


def test_a_draft_is_edited_and_what_is_live_is_not(
    rita: User, draft: RuleVersion, as_user: Callable[[User], Client]
) -> None:
    client = as_user(rita)
    seen = version_state(draft)
    form = {**FORM, "expression": "amount > 7", "seen": seen}

    page = client.post(address("edit", draft), form, follow=True)
    assert "large@1 is kept as a draft." in page.content.decode()
    stale = client.post(address("edit", draft), {**form, "expression": "amount > 8"})
    assert "has moved on since you opened it" in stale.content.decode()
    assert stale.context["form"]["expression"].value() == "amount > 8"
    press(client, "retire", draft)
    page = client.post(address("edit", draft), form, follow=True)

    assert "Only a draft can be edited." in page.content.decode()
    draft.refresh_from_db()
    assert draft.expression == "amount > 7"


def test_a_button_of_a_stale_page_does_nothing(
    rita: User, draft: RuleVersion, as_user: Callable[[User], Client]
) -> None:
    page = press(as_user(rita), "retire", draft, seen="draft:other:")

    draft.refresh_from_db()
    assert "has moved on since you opened it" in page.content.decode()
    assert draft.status == "draft"


def test_asking_by_get_does_nothing(
    rita: User, draft: RuleVersion, as_user: Callable[[User], Client]
) -> None:
    for name in ("backtest", "shadow", "activate", "retire"):
        assert as_user(rita).get(address(name, draft)).url == address("version", draft)

    draft.refresh_from_db()
    assert (draft.status, draft.backtest) == ("draft", None)


def test_missing_and_forbidden_are_the_same_404(
    anna: User, draft: RuleVersion, as_user: Callable[[User], Client]
) -> None:
    client = as_user(anna)
    missing = reverse("admin:scoring_rule_retire", args=["nothing", 1])

    assert client.post(address("retire", draft)).status_code == 404
    assert client.post(missing).status_code == 404
    assert not AuditEntry.objects.filter(action="scoring.ruleversion.retired").exists()


def test_queries_of_the_list_do_not_grow_with_the_rules(
    rita: User,
    as_user: Callable[[User], Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    for number in range(8):
        rule = Rule.objects.create(id=f"rule-{number}", title=f"Rule {number}")
        RuleVersion.objects.create(rule=rule, number=1, expression="amount > 1", effect="review")
        RuleVersion.objects.create(rule=rule, number=2, expression="amount > 2", effect="review")
    client = as_user(rita)

    with django_assert_max_num_queries(7):  # type: ignore[attr-defined]  # a context manager
        page = client.get(reverse(LIST))

    assert len(page.context["cl"].result_list) == 8
