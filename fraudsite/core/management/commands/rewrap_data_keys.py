"""Move every data key to the primary master key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from fraudsite.core.crypto.keyring import KeyRingError
from fraudsite.core.services.data_keys import data_keys_rewrap


class Command(BaseCommand):
    """Rotates the master key: put the new one first in MASTER_KEYS, run this, drop the old one."""

    help = "Wrap every data key with the primary master key, so that older ones may be dropped."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rewrap and report."""
        try:
            rewrapped = data_keys_rewrap()
        except KeyRingError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Rewrapped {rewrapped} data keys.")
