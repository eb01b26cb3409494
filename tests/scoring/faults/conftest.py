"""A real gunicorn and a Valkey of its own for the run, a populated database for each file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker

from fraudsite.core.choices import ApiScope
from fraudsite.core.models import Workspace
from fraudsite.core.services.api_keys import api_key_create
from scoring.models import ModelVersion
from scoring.services.demo import demo_champion_ensure
from scoring.services.starter_rules import starter_rules_install
from tests.child_processes import require_test_database
from tests.scoring.conftest import TESTER
from tests.scoring.faults.site import URL, Site, a_payment
from tests.scoring.faults.valkey_process import ValkeyProcess
from tests.web_process import Caller, Web, start_web


@pytest.fixture(autouse=True)
def nothing_remembered(settings: Any, registry: Path) -> None:
    """What a test registers goes where the web processes look."""
    settings.MODEL_REGISTRY = registry


@pytest.fixture(autouse=True)
def transactional_db(django_db_setup: None) -> None:
    """Stand for pytest-django's own, without which it makes no test database.

    It looks for a mark or for this very name, and leaves the settings' own database in place where
    it finds neither. Rows are those of a whole file here, so that nothing is emptied in between.
    """


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registry")


@pytest.fixture(scope="session")
def own_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ValkeyProcess]:
    valkey = ValkeyProcess(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    yield valkey
    valkey.stop()


@pytest.fixture
def valkey(own_valkey: ValkeyProcess) -> Iterator[ValkeyProcess]:
    """The broker and cache of the site; running again when the test is over."""
    yield own_valkey
    own_valkey.start()


@pytest.fixture(scope="session")
def web(
    django_db_setup: None,
    registry: Path,
    own_valkey: ValkeyProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Web]:
    """Two workers of four threads, as the product has them."""
    log = tmp_path_factory.mktemp("web") / "gunicorn.log"
    web = start_web(log, MODEL_REGISTRY=str(registry), REDIS_URL=own_valkey.url)
    yield web
    web.stop()


@pytest.fixture(scope="module")
def populated(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, registry: Path
) -> Iterator[tuple[ModelVersion, str]]:
    """The champion and an API key, committed: other processes see them until the file is done."""
    require_test_database()
    with django_db_blocker.unblock(), override_settings(MODEL_REGISTRY=registry):
        demo_champion_ensure()
        starter_rules_install()
        key = api_key_create(
            name="Tester", scopes=ApiScope.values, workspace=Workspace.objects.live(), actor=TESTER
        )
        yield ModelVersion.objects.get(), key.text
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


@pytest.fixture(scope="module")
def site(web: Web, populated: tuple[ModelVersion, str]) -> Site:
    champion, key = populated
    site = Site(web, key, champion)
    settle(site)
    return site


def settle(site: Site) -> None:
    """Wait until every worker judges by the rows of this file and not by those before."""

    def is_settled(caller: Caller) -> bool:
        answer = caller.post(URL, a_payment(user_id="settling", card_token=None))
        return answer.status == 201 and answer.body["model_version"] == site.champion.version

    site.each_worker(is_settled, "the champion is in force", timeout_s=30)
