"""Make an API key on the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.choices import ApiScope, WorkspaceKind
from fraudsite.core.models import Workspace
from fraudsite.core.services.api_keys import ApiKeyRefused, CreatedApiKey, api_key_create


class Command(BaseCommand):
    """Prints the key's text, this once; it is kept nowhere."""

    help = "Make an API key and print it. It is shown this once."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("name", help="what uses it, such as 'Web shop'")
        parser.add_argument(
            "--scope",
            action="append",
            required=True,
            choices=ApiScope.values,
            dest="scopes",
            help="what it may do; give one --scope for each",
        )
        parser.add_argument(
            "--workspace",
            choices=WorkspaceKind.values,
            default=WorkspaceKind.LIVE.value,
            help="whose data it sees (default: %(default)s)",
        )
        parser.add_argument(
            "--expires-days", type=int, metavar="DAYS", help="end it by itself (default: never)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the key and print it."""
        is_live = options["workspace"] == WorkspaceKind.LIVE
        days = options["expires_days"]
        try:
            created = api_key_create(
                name=options["name"],
                scopes=options["scopes"],
                workspace=Workspace.objects.live() if is_live else Workspace.objects.sandbox(),
                actor=Actor.system("create_api_key"),
                expires_at=None if days is None else timezone.now() + timedelta(days=days),
            )
        except (ApiKeyRefused, OverflowError) as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(_as_json(created) if options["json"] else created.text)
        if not options["json"]:
            self.stderr.write("Keep it now: it is shown this once and stored nowhere.")


def _as_json(created: CreatedApiKey) -> str:
    key = created.key
    fields = {
        "id": key.pk,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "workspace": key.workspace.kind,
        "expires_at": key.expires_at,
        "text": created.text,
    }
    return json.dumps(fields, default=str)
