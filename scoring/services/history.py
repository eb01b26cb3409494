"""What a loaded history means for scoring: known verifications, blocked merchants, features.

Called through `scoring.load_hooks`: the loader lives below and may not import this app.
"""

from __future__ import annotations

import uuid

import polars as pl

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from scoring.choices import ListSubject
from scoring.entity_names import name_in, stored_key
from scoring.models import EntityList, ListEntry, VerificationChange
from scoring.services.lists import STARTER_LISTS, lists_install
from scoring.services.rebuild import features_rebuild
from transactions.models import Merchant
from transactions.services.bulk_ids import random_uuids
from transactions.services.copying import rows_copy
from transactions.services.load_hooks import LoadedHistory

ACTOR = Actor.system("history_load")
BLOCK_LIST = STARTER_LISTS[0][0]
REASON = "Blacklisted in a loaded history"


def history_records_load(loaded: LoadedHistory) -> None:
    """Keep what a folder tells of verifications and of blacklisted merchants."""
    if "kyc_profiles" in loaded.tables:
        verification_history_load(
            loaded.tables["kyc_profiles"].collect(),
            loaded.customers,
            places=loaded.verification_places,
        )
    if "merchants" in loaded.tables:
        is_blacklisted = pl.col("is_blacklisted").fill_null(value=False)
        blacklisted = loaded.tables["merchants"].filter(is_blacklisted).collect()
        merchants_block(blacklisted["merchant_id"].to_list(), workspace_id=loaded.workspace_id)


def history_features_build(loaded: LoadedHistory) -> None:
    """Give the history its places in the order, and make the feature state anew."""
    features_rebuild(
        actor=ACTOR, progress=lambda done, total: loaded.progress(done, total, "features")
    )


def verification_history_load(
    profiles: pl.DataFrame, customers: pl.DataFrame, *, places: pl.Series | None = None
) -> int:
    """Append the changes of customers' verifications, and return how many.

    Parameters
    ----------
    profiles : DataFrame
        In the form of `transactions.columns.KYC_PROFILES`; of customers not named below, nothing
        is kept.
    customers : DataFrame
        `customer_id` and `customer_id_key`, as `LoadedHistory` has them.
    places : Series of Int64, optional
        Where each profile stands in the order of application; left out: `rebuild_features` says.
    """
    if places is None:
        places = pl.Series([None], dtype=pl.Int64).new_from_index(0, len(profiles))
    profiles = profiles.with_columns(places.alias("sequence"))
    changes = profiles.join(customers, on="customer_id", maintain_order="left").select(
        pl.col("customer_id_key").alias("customer_id"),
        "outcome",
        pl.col("risk_level").fill_null(""),
        "face_match_score",
        "liveness_score",
        "decided_at",
        "sequence",
    )
    # Each is an event of its own, as a verification decided here is.
    events = random_uuids(len(changes)).alias("event_id")
    rows_copy(VerificationChange, changes.with_columns(events))
    return len(changes)


def merchants_block(merchant_ids: list[str], *, workspace_id: uuid.UUID) -> int:
    """Put merchants on the starter block list; return how many were not on it."""
    if not merchant_ids:
        return 0
    lists_install(actor=ACTOR)
    blocked = EntityList.objects.get(pk=BLOCK_LIST)
    keys = Merchant.objects.filter(workspace_id=workspace_id, external_id__in=merchant_ids)
    entries = [
        ListEntry(
            entity_list=blocked,
            workspace_id=workspace_id,
            subject=ListSubject.MERCHANT,
            key=stored_key(name_in(workspace_id, pk)),
            reason=REASON,
        )
        for pk in keys.values_list("pk", flat=True)
    ]
    before = blocked.entries.count()
    ListEntry.objects.bulk_create(entries, ignore_conflicts=True)
    added = blocked.entries.count() - before
    details = {"subject": str(ListSubject.MERCHANT), "entries": added}
    audit_record(actor=ACTOR, action="list.entries_added", target=blocked, details=details)
    return added
