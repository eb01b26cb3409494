"""What customers used, gathered from payments, visits and documents."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from cases.choices import LinkKind
from cases.models import CustomerLink
from fraudsite.core.blind_index import blind_index
from fraudsite.core.services.data_keys import DataKeyDestroyed
from fraudsite.core.uuid7 import lowest_uuid7
from kyc.choices import Stage
from kyc.models import StageResult
from kyc.services.stage_results import findings_read

# Each statement gives the same result however often it sees the same rows, so windows may overlap
# and a run may be repeated. What is known already and no newer is not written again, nor anything
# of a customer who was erased.
ADD = """
INSERT INTO cases_customerlink (customer_id, kind, key, first_seen_at, last_seen_at)
SELECT found.* FROM ({found}) AS found
JOIN kyc_customer AS owner ON owner.id = found.customer_id
JOIN core_datakey AS data_key ON data_key.id = owner.data_key_id
WHERE data_key.destroyed_at IS NULL
ON CONFLICT (kind, key, customer_id) DO UPDATE SET
    first_seen_at = least(cases_customerlink.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(cases_customerlink.last_seen_at, excluded.last_seen_at)
WHERE excluded.last_seen_at > cases_customerlink.last_seen_at
   OR excluded.first_seen_at < cases_customerlink.first_seen_at
"""
DEVICES = """
SELECT customer_id, 'device', workspace_id || ':' || device_reference,
       min(occurred_at), max(occurred_at)
FROM transactions_transaction
WHERE id >= %(first_id)s AND device_reference <> ''
GROUP BY 1, 3
"""
ADDRESSES = """
SELECT customer_id, 'ip', workspace_id || ':' || host(ip_address),
       min(occurred_at), max(occurred_at)
FROM transactions_transaction
WHERE id >= %(first_id)s AND ip_address IS NOT NULL
GROUP BY 1, 3
"""
# A shop has everybody in common and says nothing; whom people send money to does.
PAYEES = """
SELECT moved.customer_id, 'payee', moved.workspace_id || ':' || moved.merchant_id,
       min(moved.occurred_at), max(moved.occurred_at)
FROM transactions_transaction AS moved
JOIN transactions_merchant AS merchant ON merchant.id = moved.merchant_id
WHERE moved.id >= %(first_id)s AND merchant.kind = 'payee'
GROUP BY 1, 3
"""
BROWSERS = """
SELECT sighting.customer_id, 'browser', customer.workspace_id || ':' || sighting.device_id,
       min(sighting.seen_at), max(sighting.seen_at)
FROM kyc_devicesighting AS sighting
JOIN kyc_customer AS customer ON customer.id = sighting.customer_id
WHERE sighting.seen_at >= %(since)s
GROUP BY 1, 3
"""


# A run that had read before somebody was erased may have written after it.
FORGET = """
DELETE FROM cases_customerlink AS link USING kyc_customer AS owner, core_datakey AS data_key
WHERE link.customer_id = owner.id AND owner.data_key_id = data_key.id
  AND data_key.destroyed_at >= %(since)s
"""


def links_gather(*, since: datetime) -> None:
    """Bring links up to date with what was recorded since then."""
    window: dict[str, Any] = {
        "first_id": lowest_uuid7(int(since.timestamp() * 1000)),
        "since": since,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for found in (DEVICES, ADDRESSES, PAYEES, BROWSERS):
            cursor.execute(ADD.format(found=found), window)
        cursor.execute(FORGET, window)


def document_link(*, verification_id: str) -> None:
    """Link a customer to the document that was read in their verification, if one was."""
    read = (
        StageResult.objects.filter(verification_id=verification_id, stage=Stage.DOCUMENT)
        .select_related("verification__customer__data_key")
        .order_by("-attempt")
        .first()
    )
    number = _document_number(read) if read is not None else ""
    if read is None or not number:
        return
    customer = read.verification.customer
    hashed = blind_index(number, purpose="case_document").hex()
    with transaction.atomic():
        CustomerLink.objects.bulk_create(
            [
                CustomerLink(
                    customer=customer,
                    kind=LinkKind.DOCUMENT,
                    key=f"{customer.workspace_id}:{hashed}",
                    first_seen_at=read.created_at,
                    last_seen_at=read.created_at,
                )
            ],
            update_conflicts=True,
            unique_fields=["kind", "key", "customer"],
            update_fields=["last_seen_at"],
        )


def links_forget(*, customer_id: uuid.UUID) -> int:
    """Delete what links an erased customer to others; return how many links there were."""
    deleted, _ = CustomerLink.objects.filter(customer_id=customer_id).delete()
    return deleted


def _document_number(read: StageResult) -> str:
    """Return issuer and number as they were read; "" unless all check digits of them held."""
    try:
        mrz: dict[str, Any] | None = findings_read(read).get("mrz")
    except DataKeyDestroyed:
        return ""
    if not mrz or not mrz.get("is_accepted"):
        return ""
    fields = mrz["fields"]
    number = fields.get("document_number") or ""
    return f"{fields['issuing_state']}:{number}" if number else ""
