"""What a loaded history means for scoring."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from kyc.models import Customer
from scoring.entity_names import name_in, stored_key
from scoring.models import EntityList, EntityState, ListEntry, VerificationChange
from scoring.services.rebuild import features_check
from transactions.models import Label, Merchant, Transaction
from transactions.services.loading import history_load
from transactions.simulation import History, SimulationPlan, generate
from transactions.simulation.files import write

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def history() -> History:
    return generate(SimulationPlan(users=50, transactions=1_000, seed=3))


@pytest.fixture
def loaded(history: History, tmp_path: Path) -> None:
    """A history in the database, loaded as the command does."""
    write(history, tmp_path)
    history_load(tmp_path)


@pytest.mark.usefixtures("loaded")
def test_every_verification_is_known_as_it_was(history: History) -> None:
    stored = VerificationChange.objects.order_by("id").values_list(
        "customer__external_id",
        "decided_at",
        "outcome",
        "risk_level",
        "face_match_score",
        "liveness_score",
    )

    back = pl.DataFrame(list(stored), schema=history.kyc_profiles.schema, orient="row")
    wanted = history.kyc_profiles.with_columns(pl.col("risk_level").fill_null(""))
    assert back.equals(wanted)


@pytest.mark.usefixtures("loaded")
def test_blacklisted_merchants_are_on_the_block_list(history: History) -> None:
    blacklisted = history.merchants.filter("is_blacklisted")["merchant_id"].to_list()
    merchants = Merchant.objects.filter(external_id__in=blacklisted)

    entries = ListEntry.objects.filter(entity_list=EntityList.objects.get(pk="blocked"))

    assert len(blacklisted) > 0
    assert {entry.key for entry in entries} == {
        stored_key(name_in(merchant.workspace_id, merchant.pk)) for merchant in merchants
    }


@pytest.mark.usefixtures("loaded")
def test_features_know_the_history_when_the_load_is_done() -> None:
    for model in (Transaction, Label, VerificationChange):
        assert not model.objects.filter(sequence=None).exists()
    in_order = Transaction.objects.order_by("sequence").values_list("arrived_at", flat=True)
    assert list(in_order) == sorted(in_order)
    assert EntityState.objects.count() > Customer.objects.count()
    assert features_check().differing == 0
