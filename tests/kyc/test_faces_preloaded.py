"""What a worker process has in memory before its first search."""

from __future__ import annotations

import threading
from unittest.mock import patch

import pytest
from celery import current_app
from structlog.testing import capture_logs

from fraudsite.core.models import Workspace
from kyc import worker
from kyc.services import face_gallery, gallery_loading
from kyc.services.face_templates import template_keep
from kyc.services.gallery_loading import galleries_load
from kyc.vision.faces.embed import engine_version
from kyc.vision.faces.engines import DLIB, FaceEngine
from kyc.vision.weights import WeightsUnavailable
from tests.kyc.duplicates import approve, customer_make, face


@pytest.fixture(autouse=True)
def galleries_of_this_test() -> None:
    face_gallery.galleries_drop()


@pytest.mark.django_db
def test_the_faces_of_every_workspace_are_loaded_and_the_first_search_finds_them_there() -> None:
    for number, workspace in enumerate((Workspace.objects.live(), Workspace.objects.sandbox())):
        verification = customer_make(workspace=workspace)
        template_keep(
            verification, face(number), engine=DLIB.label, engine_version=engine_version()
        )
        approve(verification)

    assert galleries_load() == 2

    shelf = face_gallery.Shelf(Workspace.objects.live().pk, DLIB.label, engine_version())
    with patch.object(face_gallery, "template_embedding") as opened:
        found = face_gallery.faces_nearest(shelf, face(0), passed_over=(), limit=1)
    assert opened.call_count == 0
    assert [neighbour.distance for neighbour in found.neighbours] == [0.0]


@pytest.mark.parametrize(
    ("queues", "is_searching"),
    [
        (["verification"], True),
        (["verification", "platform"], True),
        (["platform"], False),
        (None, False),
    ],
)
def test_only_a_worker_that_takes_searches_loads_faces(
    queues: list[str] | None, is_searching: bool
) -> None:
    chosen = current_app.amqp.Queues([], current_app.conf.task_default_queue)
    chosen.add(current_app.conf.task_default_queue)
    if queues is not None:
        chosen.select(queues)

    # Where Celery keeps them once anybody has asked.
    with (
        patch.dict(vars(current_app.amqp), {"queues": chosen}),
        patch.object(worker, "_faces_load") as load,
    ):
        assert worker.searches_faces() is is_searching
        worker.faces_preload()
        _wait_for("faces-preload")

    assert load.call_count == int(is_searching)


@pytest.mark.django_db
def test_a_worker_starts_whatever_loading_faces_comes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_engine: FaceEngine) -> str:
        message = "no weights"
        raise WeightsUnavailable(message)

    monkeypatch.setattr(gallery_loading, "engine_version", missing)
    monkeypatch.setattr(worker, "connection", _Closable())

    with capture_logs() as logs:
        worker._faces_load()

    assert [(log["event"], log["error_type"]) for log in logs] == [
        ("faces_not_preloaded", "WeightsUnavailable")
    ]
    assert worker.connection.is_closed


class _Closable:
    """Stands for the connection of a thread: closing a test's own would end its transaction."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


def _wait_for(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(timeout=5)
