"""Make the weights of the reader of single letters."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from kyc.simulation.letter_training import PAGES, train_letters
from kyc.simulation.sheets import FontMissing
from kyc.vision.mrz.letters import letters_file


class Command(BaseCommand):
    """Needs no database and no network; with the same seed it makes the same weights."""

    help = (
        "Teach the reader of machine-readable zones single letters, on pages drawn in OCR-B. "
        "Takes about half a minute; without it, reading needs more time and accepts less."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """How much is drawn, and whether again."""
        parser.add_argument("--pages", type=int, default=PAGES, help="default: %(default)s")
        parser.add_argument("--seed", type=int, default=1, help="default: %(default)s")
        parser.add_argument(
            "--if-missing", action="store_true", help="do nothing where there are weights"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Draw, fit, and put the weights where the workers look for them."""
        path = letters_file()
        if options["if_missing"] and path.is_file():
            self.stdout.write(f"{path} is there.")
            return
        with tqdm(desc="pages drawn", file=self.stderr, leave=False) as bar:

            def progress(done: int, total: int) -> None:
                bar.total, bar.n = total, done
                bar.refresh()

            try:
                reader = train_letters(
                    seed=options["seed"], pages=options["pages"], progress=progress
                )
            except FontMissing as error:
                raise CommandError(str(error)) from error
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        reader.save(part)
        part.replace(path)
        self.stdout.write(f"{path} is made.")
