"""What the demonstration decides with: the demo model, and the starter rules."""

from __future__ import annotations

from django.conf import settings

from fraudsite.core.actors import Actor
from scoring.choices import ModelStatus
from scoring.demo_champion import demo_champion_train
from scoring.models import ModelVersion
from scoring.registry import NAME
from scoring.services.models import model_promote, model_register

ACTOR = Actor.system("demo")


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
