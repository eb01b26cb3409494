"""What the demonstration judges with and on: the demo model, and a generated population."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from fraudsite.core.actors import Actor
from scoring.choices import ModelStatus
from scoring.demo_champion import demo_champion_train
from scoring.models import ModelVersion
from scoring.registry import NAME
from scoring.services.models import model_promote, model_register
from transactions.choices import TransactionStatus
from transactions.models import Transaction
from transactions.services.loading import history_load
from transactions.simulation import SimulationPlan, generate
from transactions.simulation.files import write

ACTOR = Actor.system("demo")
POPULATION_DAYS = 120


def demo_champion_ensure() -> ModelVersion | None:
    """Make the demo model the champion where there is none; return it if that was so.

    A champion of an earlier version of the features, if it was a demo one, gives way too.
    """
    folder = demo_champion_train(settings.MODELS_DIR)
    current = ModelVersion.objects.filter(name=NAME, status=ModelStatus.CHAMPION).first()
    if current is not None and (not current.is_demo or current.version in folder.name):
        return None
    model = model_register(folder=folder, actor=ACTOR)
    model_promote(model=model, actor=ACTOR, reason="demo")
    return model


def demo_population_ensure() -> int:
    """Load a small generated population with its history, once; return its transactions."""
    if (
        Transaction.objects.filter(status=TransactionStatus.RECORDED)
        .exclude(customer__external_id="")
        .exists()
    ):
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "history"
        write(generate(_population()), folder)
        return history_load(folder).transactions


def _population() -> SimulationPlan:
    """Return a plan whose last day is yesterday, so that it runs on into what happens now."""
    start = timezone.now().date() - timedelta(days=POPULATION_DAYS)
    return SimulationPlan(
        users=250,
        transactions=12_000,
        fraud_rate=0.04,
        seed=7,
        start=start,
        days=POPULATION_DAYS,
    )
