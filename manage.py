#!/usr/bin/env python3
"""Run a management command, with the embedded servers where it needs them."""

from __future__ import annotations

import sys

from django.core.management import execute_from_command_line

from fraudsite.environment import load_environment
from fraudsite.local.servers import ServerTrouble, leased_servers, needs_servers


def main() -> None:
    """Start or join the embedded servers unless the environment names others, then run."""
    load_environment()
    if not needs_servers(sys.argv):
        execute_from_command_line(sys.argv)
        return
    try:
        with leased_servers():
            execute_from_command_line(sys.argv)
    except ServerTrouble as trouble:
        sys.exit(f"manage.py: {trouble}")


if __name__ == "__main__":
    main()
