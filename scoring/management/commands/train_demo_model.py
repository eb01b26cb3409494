"""Train the model of the demonstration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from scoring.demo_champion import demo_champion_folder, demo_champion_train
from scoring.features import warm_up


class Command(BaseCommand):
    """Needs neither database nor broker; does nothing when the model is there."""

    help = (
        "Train the model of the demonstration on a small generated history, unless it is there. "
        "Example: manage.py train_demo_model"
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Compiles what serves and is not there yet, so that no payment waits for that.
        warm_up()
        if demo_champion_folder(settings.MODELS_DIR).exists():
            self.stdout.write("The demo model is there.")
            return
        with tqdm(total=100, unit="%", disable=None, leave=False) as bar:

            def progress(what: str, part: float) -> None:
                bar.set_description(what)
                bar.update(round(part * 100) - bar.n)

            folder = demo_champion_train(settings.MODELS_DIR, progress=progress)
        self.stdout.write(f"Trained {folder.name}.")
