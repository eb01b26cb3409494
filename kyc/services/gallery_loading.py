"""Having the faces of customers in memory before the first one is searched."""

from __future__ import annotations

from fraudsite.core.models import Workspace
from kyc.services.face_gallery import Shelf, gallery_load
from kyc.vision.faces.embed import ENGINE, engine_version
from kyc.vision.faces.gallery import DIMENSIONS


def galleries_load() -> int:
    """Load the faces of every workspace that the engine in use has described; return how many."""
    version = engine_version()
    workspaces = Workspace.objects.order_by("pk").values_list("pk", flat=True)
    shelves = [Shelf(workspace_id, ENGINE, version) for workspace_id in workspaces]
    return sum(gallery_load(shelf, dimensions=DIMENSIONS) for shelf in shelves)
