"""Erase a customer by id."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fraudsite.core.actors import Actor
from kyc.choices_erasure import ErasureReason
from kyc.models import Customer
from kyc.refusals import Refusal
from kyc.services.erasure import ErasureReport, customer_erase

ACTOR = Actor.system("command_line")


class Command(BaseCommand):
    """Exit code 1 when something has to be kept; then nothing was changed."""

    help = (
        "Erase a customer: destroy their key and delete what says who they are. Decisions, "
        "payments and the audit trail stay. It cannot be taken back. "
        "Example: manage.py erase_customer CUSTOMER_ID --reason customer_request --dry-run"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom, why, and whether it is meant."""
        parser.add_argument("customer", type=_uuid, metavar="CUSTOMER_ID")
        parser.add_argument("--reason", required=True, choices=ErasureReason.values)
        parser.add_argument("--dry-run", action="store_true", help="do it all and take it back")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase and show what went."""
        customer = Customer.objects.filter(pk=options["customer"]).first()
        if customer is None:
            raise CommandError("There is no customer of this id.")
        try:
            report = customer_erase(
                customer=customer,
                actor=ACTOR,
                reason=options["reason"],
                is_dry_run=options["dry_run"],
            )
        except Refusal as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(
            _as_json(report, **options) if options["json"] else _as_text(report, **options)
        )


def _as_json(report: ErasureReport, *, dry_run: bool, **_: Any) -> str:
    return json.dumps(
        {
            "is_dry_run": dry_run,
            "was_erased": report.was_erased,
            "deleted": dict(report.deleted),
        }
    )


def _as_text(report: ErasureReport, *, dry_run: bool, **_: Any) -> str:
    done = "Would be erased" if dry_run else "Erased"
    counts = ", ".join(f"{count} {what}" for what, count in report.deleted.items())
    before = " The key had been destroyed before." if report.was_erased else ""
    return f"{done}: {counts}.{before}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not an id") from None
