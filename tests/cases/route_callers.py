"""Who may ask the addresses of cases, a stage with one of each thing, and the addresses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from cases.models import (
    Attachment,
    Case,
    NotificationChannel,
    NotificationDelivery,
    QueueMember,
    SavedFilter,
    SuspiciousActivityReport,
)
from cases.services.attachments import attachment_add
from cases.services.claims import case_claim
from cases.services.reports import report_draft
from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, StatusChange, User, Workspace
from fraudsite.core.services.api_keys import api_key_create
from tests.cases.notifications.channels import a_personal_channel
from tests.cases.raised import a_case

# A wrong analyst works another queue, the right one holds the case; the others see all queues.
WHO = {
    "visitor": None,
    "customer": Role.CUSTOMER,
    "wrong analyst": Role.ANALYST,
    "right analyst": Role.ANALYST,
    "senior analyst": Role.SENIOR_ANALYST,
    "risk manager": Role.RISK_MANAGER,
    "administrator": Role.ADMINISTRATOR,
    "auditor": Role.AUDITOR,
}
OURS = ("admin/cases/", "admin/dashboard/", "api/v1/cases/", "api/v1/events/")
SCOPES = ("cases:read", "cases:work", "events:read")
FORM = {
    "reason": "I want to.",
    "text": "A note.",
    "label": "inconclusive",
    "act": "release",
    "name": "Mine",
    "authority": "FIU",
    "narrative": "What happened.",
    "what": "cases",
}
# What a program sends; other addresses of the API take nothing.
BODIES: dict[str, dict[str, Any]] = {
    "cases_api:claim": {},
    "cases_api:comments": {"text": "A note."},
    "cases_api:decisions": {"label": "inconclusive", "reason": "inconclusive_evidence_missing"},
}


@dataclass(frozen=True, slots=True)
class Stage:
    """A case that one analyst holds, and one of each thing that an address can name."""

    people: dict[str, User | None]
    case: Case
    report: SuspiciousActivityReport
    channel: NotificationChannel
    delivery: NotificationDelivery
    saved: dict[str, SavedFilter]

    def answer(self, method: str, name: str, route: str, who: str) -> int | str:
        """Return what an address answers to somebody, with nothing of it kept."""
        with transaction.atomic():
            client, address = self._client(who, route), self._address(route, who)
            version = Case.objects.get(pk=self.case.pk).version
            before = _kept(self.case)
            if method == "get":
                asked = client.get(address)
            elif route.startswith("api/"):
                body = {"seen": version, **BODIES.get(name, {})}
                asked = client.post(address, body, content_type="application/json")
            else:
                chosen = {"seen": version, "case": f"{self.case.pk}:{version}"}
                asked = client.post(address, {**FORM, **chosen})
            if asked.status_code >= 400 or _told(asked) == "login":
                assert _kept(self.case) == before
            transaction.set_rollback(True)
        return _told(asked)

    def _client(self, who: str, route: str) -> Client:
        """Return a browser, or a program with that person's key."""
        user = self.people[who]
        if user is None:
            return Client()
        if route.startswith("api/"):
            return Client(headers={"authorization": f"Bearer {_key(user)}"})
        browser = Client()
        browser.force_login(user, backend="fraudsite.core.backends.RoleBackend")
        return browser

    def _address(self, route: str, who: str) -> str:
        """Return an address of a route that names what is on the stage."""
        named: dict[str, Any] = {
            "<uuid:case_id>": self.case.pk,
            "<uuid:report_id>": self.report.pk,
            "<int:filter_id>": self.saved[who].pk if who in self.saved else 0,
            "<slug:to>": "ready",
            "<path:object_id>": self._object(route),
            "<uuid:key>": self._attachment().pk if "/attachments/" in route else self.case.pk,
        }
        for slot, key in named.items():
            route = route.replace(slot, str(key))
        return f"/{route}"

    def _object(self, route: str) -> object:
        rows = {
            "queue": self.case.queue,
            "notificationchannel": self.channel,
            "notificationdelivery": self.delivery,
        }
        return rows.get(route.split("/")[2], self.case).pk

    def _attachment(self) -> Attachment:
        holder = self.people["right analyst"]
        assert holder is not None
        upload = SimpleUploadedFile("a.txt", b"text")
        return attachment_add(
            case_id=self.case.pk, seen=None, name="a.txt", data=upload.read(), user=holder
        )


def stage_made() -> Stage:
    """Make the stage."""
    people = {
        who: role and User.objects.create_user(f"{who.replace(' ', '-')}@example.com", role=role)
        for who, role in WHO.items()
    }
    case = a_case()
    holder = people["right analyst"]
    writer = people["senior analyst"]
    assert holder is not None
    assert writer is not None
    QueueMember.objects.create(queue=case.queue, user=holder)
    case = case_claim(case_id=case.pk, seen=None, analyst=holder)
    report = report_draft(case_id=case.pk, authority="FIU", narrative="It is so.", author=writer)
    channel = a_personal_channel()
    return Stage(
        people=people,
        case=case,
        report=report,
        channel=channel,
        delivery=_delivery(channel),
        saved={
            who: SavedFilter.objects.create(user=user, name="Saved")
            for who, user in people.items()
            if user is not None
        },
    )


def routes_of_cases() -> dict[str, str]:
    """Return the pattern of every route of cases, by its name, or by itself where it has none."""
    found = _routes(get_resolver(), "", "")
    return {name or route: route for route, name in found if route.startswith(OURS)}


def _kept(case: Case) -> tuple[int, int, int]:
    """Return what a refusal leaves as it was."""
    version = Case.objects.get(pk=case.pk).version
    return version, StatusChange.objects.count(), AuditEntry.objects.count()


def _told(answer: HttpResponse) -> int | str:
    """Return the status of an answer; "login" where it leads to logging in."""
    where = answer.headers.get("Location", "")
    return "login" if answer.status_code == 302 and "/login/" in where else answer.status_code


def _routes(resolver: URLResolver, before: str, space: str) -> Iterator[tuple[str, str]]:
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            name = ":".join(part for part in (space, one.name) if part) if one.name else ""
            yield route, name
        else:
            inner = ":".join(part for part in (space, one.namespace) if part)
            yield from _routes(one, route, inner)


def _key(user: User) -> str:
    made = api_key_create(
        name="Tester",
        scopes=SCOPES,
        workspace=Workspace.objects.live(),
        actor=Actor.of_user(user),
    )
    return made.text


def _delivery(channel: NotificationChannel) -> NotificationDelivery:
    now = timezone.now()
    return NotificationDelivery.objects.create(
        channel=channel, news="opened", due_at=now, created_at=now
    )
