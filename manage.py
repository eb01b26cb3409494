#!/usr/bin/env python3
"""Run a management command, with the embedded servers where it needs them."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from fraudsite.environment import load_environment
from fraudsite.local.servers import ServerTrouble, leased_servers, needs_servers

TRAINING_COMMANDS = frozenset(
    {"train_model", "train_demo_model", "evaluate_models", "backtest_model"}
)


def main() -> None:
    """Start or join the embedded servers unless the environment names others, then run."""
    if sys.argv[1:2] and sys.argv[1] in TRAINING_COMMANDS:
        # Read by OpenMP when XGBoost loads it. Elsewhere one thread a process is the limit, since
        # OCR in several workers would fight over the cores.
        os.environ.setdefault("OMP_THREAD_LIMIT", str(os.cpu_count() or 1))
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
