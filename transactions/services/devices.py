"""The register of devices and their addresses, gathered from what was recorded."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from fraudsite.core.uuid7 import lowest_uuid7

# Both statements give the same result however often they see the same transactions, so windows
# may overlap and a run may be repeated.
GATHER_DEVICES = """
INSERT INTO transactions_device
    (workspace_id, external_id, fingerprint, first_seen_at, last_seen_at)
SELECT workspace_id, device_reference,
       coalesce((array_agg(device_fingerprint ORDER BY occurred_at DESC)
                 FILTER (WHERE device_fingerprint <> ''))[1], ''),
       min(occurred_at), max(occurred_at)
FROM transactions_transaction
WHERE id >= %(first_id)s AND device_reference <> ''
GROUP BY workspace_id, device_reference
ON CONFLICT (workspace_id, external_id) DO UPDATE SET
    fingerprint = coalesce(nullif(excluded.fingerprint, ''), transactions_device.fingerprint),
    first_seen_at = least(transactions_device.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(transactions_device.last_seen_at, excluded.last_seen_at)
"""
GATHER_ADDRESSES = """
INSERT INTO transactions_deviceaddress (device_id, ip_address, first_seen_at, last_seen_at)
SELECT device.id, moved.ip_address, min(moved.occurred_at), max(moved.occurred_at)
FROM transactions_transaction AS moved
JOIN transactions_device AS device
  ON device.workspace_id = moved.workspace_id AND device.external_id = moved.device_reference
WHERE moved.id >= %(first_id)s AND moved.device_reference <> ''
  AND moved.ip_address IS NOT NULL
GROUP BY device.id, moved.ip_address
ON CONFLICT (device_id, ip_address) DO UPDATE SET
    first_seen_at = least(transactions_deviceaddress.first_seen_at, excluded.first_seen_at),
    last_seen_at = greatest(transactions_deviceaddress.last_seen_at, excluded.last_seen_at)
"""


def devices_gather(*, since: datetime) -> None:
    """Bring the register up to date with transactions recorded since then.

    Set by set, not with each payment: that keeps two writes out of the time a payment waits.
    """
    window = {"first_id": lowest_uuid7(int(since.timestamp() * 1000))}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(GATHER_DEVICES, window)
        cursor.execute(GATHER_ADDRESSES, window)
