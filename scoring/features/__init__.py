"""The one definition of every feature: events in, feature vectors and new state out.

The same compiled `step` serves a request, a batch, training and a rebuild. Knows no Django.
"""

from __future__ import annotations

from scoring.features.blobs import (
    StateDamaged,
    StateLayoutChanged,
    StateMissing,
    StateUnreadable,
)
from scoring.features.events import EVENT, EventKind, Known, entity_key
from scoring.features.frames import country_code, events_from_frames
from scoring.features.layout import ENTITY_KINDS, LAYOUT_VERSION, EntityKind
from scoring.features.offline import Stretch, apply_events, history_features, replay
from scoring.features.online import advance, entities_of, warm_up
from scoring.features.schema import SCHEMA, FeatureSchema
from scoring.features.spec import FeatureSpec
from scoring.features.table import StateTable
from scoring.features.timeline import Timeline

__all__ = [
    "ENTITY_KINDS",
    "EVENT",
    "LAYOUT_VERSION",
    "SCHEMA",
    "EntityKind",
    "EventKind",
    "FeatureSchema",
    "FeatureSpec",
    "Known",
    "StateDamaged",
    "StateLayoutChanged",
    "StateMissing",
    "StateTable",
    "StateUnreadable",
    "Stretch",
    "Timeline",
    "advance",
    "apply_events",
    "country_code",
    "entities_of",
    "entity_key",
    "events_from_frames",
    "history_features",
    "replay",
    "warm_up",
]
