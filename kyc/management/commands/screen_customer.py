"""Search the watchlists for a customer, or for anybody by name."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kyc.models import Verification
from kyc.screening.countries import country_codes
from kyc.screening.scoring import ScreenedPerson
from kyc.services.screened_people import people_of
from kyc.services.watchlist_search import FoundMatch, people_search
from kyc.services.watchlists import lists_in_use


class Command(BaseCommand):
    """Changes nothing: no hit is kept."""

    help = (
        "Search the watchlists for a customer by id, or for anybody by name, and explain each "
        "match. Keeps nothing. Example: manage.py screen_customer --name 'Ivan Petrov' "
        "--birth-date 1960-05-01 --country RUS"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom to look for."""
        parser.add_argument("customer", nargs="?", type=_uuid, metavar="CUSTOMER_ID")
        parser.add_argument("--name")
        parser.add_argument("--birth-date", type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--country", action="append", default=[], help="code or name")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Search and show."""
        if bool(options["customer"]) == bool(options["name"]):
            raise CommandError("Give a customer's id, or --name.")
        lists = lists_in_use()
        if not lists:
            raise CommandError("There is no watchlist; import_watchlist brings one.")
        found = people_search(_people(options))
        if options["json"]:
            self.stdout.write(json.dumps({"matches": [_as_json(match) for match in found]}))
            return
        for state in lists:
            words = state.sentence or "in order"
            self.stdout.write(
                f"{state.name}@{state.number}, {state.entries_count:,} people: {words}"
            )
        for match in found:
            self._show(match)
        if not found:
            self.stdout.write("No match.")

    def _show(self, found: FoundMatch) -> None:
        entry = found.candidate.entry
        where = f"{found.candidate.list_name}/{entry.external_id}"
        programmes = ", ".join(entry.programmes)
        self.stdout.write(f"{found.match.score:.2f}  {where}  {entry.names[0]}  {programmes}")
        for feature in found.match.features:
            words = f"{feature.points:+.2f}  {feature.name}: {feature.sentence}"
            self.stdout.write(f"      {words} ({feature.declared} / {feature.listed})")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ArgumentTypeError("no customer's id") from None


def _people(options: dict[str, Any]) -> list[ScreenedPerson]:
    if options["name"]:
        countries = country_codes(options["country"])
        return [ScreenedPerson(options["name"], options["birth_date"], countries, "asked")]
    verifications = Verification.objects.filter(customer_id=options["customer"])
    newest = verifications.select_related("customer__data_key").order_by("-created_at").first()
    if newest is None:
        raise CommandError("There is no such customer, or they have declared nothing.")
    return people_of(newest)


def _as_json(found: FoundMatch) -> dict[str, Any]:
    return {
        "list": found.candidate.list_name,
        "external_id": found.candidate.entry.external_id,
        **asdict(found.match),
    }
