from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from tests.core.flushing import permit_flush
from tests.core.parcels import Parcel

permit_flush()

PASSWORD = "correct horse battery staple"


@pytest.fixture(autouse=True)
def evidence_root(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return tmp_path / "evidence"


@pytest.fixture(scope="session")
def parcel_table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        if Parcel._meta.db_table not in connection.introspection.table_names():
            editor.create_model(Parcel)


@pytest.fixture
def parcel(parcel_table: None, db: None) -> Iterator[Parcel]:
    yield Parcel.objects.create()
    Parcel.objects.all().delete()


@pytest.fixture
def ada() -> Actor:
    return Actor.system("ada")


@pytest.fixture
def anna(db: None) -> User:
    return User.objects.create_user("anna@example.org", PASSWORD, role=Role.ANALYST)


@pytest.fixture
def carl(db: None) -> User:
    return User.objects.create_user("carl@example.org", PASSWORD)
