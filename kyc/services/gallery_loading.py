"""Having the faces of customers in memory before the first one is searched."""

from __future__ import annotations

from fraudsite.core.models import Workspace
from kyc.services.face_engine import face_engine
from kyc.services.face_gallery import Shelf, gallery_load
from kyc.vision.faces.embed import engine_version


def galleries_load() -> int:
    """Load the faces of every workspace that the engine in use has described; return how many."""
    engine = face_engine()
    version = engine_version(engine)
    workspaces = Workspace.objects.order_by("pk").values_list("pk", flat=True)
    shelves = [Shelf(workspace_id, engine.label, version) for workspace_id in workspaces]
    return sum(gallery_load(shelf, dimensions=engine.dimensions) for shelf in shelves)
