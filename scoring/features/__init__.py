"""The one definition of every feature: events in, feature vectors and new state out.

The same compiled `step` serves a request, a batch, training and a rebuild. Knows no Django.
"""

from __future__ import annotations

from scoring.features.events import EVENT, EventKind, Known, entity_key
from scoring.features.schema import SCHEMA, FeatureSchema
from scoring.features.spec import FeatureSpec

__all__ = ["EVENT", "SCHEMA", "EventKind", "FeatureSchema", "FeatureSpec", "Known", "entity_key"]
