"""List API keys, or revoke one."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.models import ApiKey
from fraudsite.core.services.api_keys import api_key_revoke


class Command(BaseCommand):
    """Lists keys, one JSON object a line, newest first; `--revoke PREFIX` ends one for good."""

    help = "List API keys by their public prefix, or revoke one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--revoke", metavar="PREFIX", help="end the key with this prefix")

    def handle(self, *args: Any, **options: Any) -> None:
        """List, or revoke."""
        if options["revoke"]:
            self._revoke(options["revoke"])
            return
        now = timezone.now()
        for key in ApiKey.objects.select_related("workspace").iterator():
            fields = {
                "prefix": key.prefix,
                "name": key.name,
                "workspace": key.workspace.kind,
                "scopes": key.scopes,
                "is_in_force": key.is_in_force(now),
                "created_at": key.created_at,
                "expires_at": key.expires_at,
                "revoked_at": key.revoked_at,
                "last_used_on": key.last_used_on,
            }
            self.stdout.write(json.dumps(fields, default=str))

    def _revoke(self, prefix: str) -> None:
        key = ApiKey.objects.filter(prefix=prefix).first()
        if key is None:
            message = f"There is no API key {prefix}. `manage.py api_keys` lists them."
            raise CommandError(message)
        if api_key_revoke(api_key=key, actor=Actor.system("api_keys")):
            self.stdout.write(f"{key} opens nothing after two seconds.")
        else:
            self.stdout.write(f"{key} had been revoked before.")
