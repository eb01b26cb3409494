from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from fraudsite.core.actors import Actor
from fraudsite.core.blind_index import blind_index
from fraudsite.core.choices import DataKeyPurpose
from fraudsite.core.crypto.envelope import SealBroken
from fraudsite.core.crypto.keyring import KeyRingError
from fraudsite.core.models import AuditEntry, DataKey
from fraudsite.core.services.data_keys import (
    DataKeyDestroyed,
    data_key_create,
    data_key_destroy,
    data_key_hold,
    data_keys_create_many,
    data_keys_rewrap,
    open_bytes,
    open_data_key,
    open_json,
    seal_bytes,
    seal_json,
)

OLD = f"old:{base64.b64encode(bytes(32)).decode()}"
NEW = f"new:{base64.b64encode(bytes([1] * 32)).decode()}"


@pytest.mark.django_db
def test_values_sealed_under_a_data_key_open_again() -> None:
    data_key = data_key_create()

    sealed = seal_bytes(data_key=data_key, value=b"face", context="customer:1:face")
    sealed_json = seal_json(data_key=data_key, value={"surname": "Ærø"}, context="customer:1")

    stored = DataKey.objects.get(pk=data_key.pk)
    assert open_bytes(data_key=stored, sealed=memoryview(sealed), context="customer:1:face") == (
        b"face"
    )
    assert open_json(data_key=stored, sealed=sealed_json, context="customer:1") == {
        "surname": "Ærø"
    }


@pytest.mark.django_db
def test_keys_made_at_once_are_as_good_as_single_ones_and_all_different() -> None:
    data_keys = data_keys_create_many(3)

    stored = DataKey.objects.filter(pk__in=[data_key.pk for data_key in data_keys])
    assert stored.count() == 3
    assert {row.purpose for row in stored} == {DataKeyPurpose.CUSTOMER}
    assert len({open_data_key(row) for row in stored}) == 3
    assert data_keys_create_many(0) == []


@pytest.mark.django_db
def test_one_customers_key_does_not_open_anothers_value() -> None:
    sealed = seal_bytes(data_key=data_key_create(), value=b"face", context="face")

    with pytest.raises(SealBroken):
        open_bytes(data_key=data_key_create(), sealed=sealed, context="face")


@pytest.mark.django_db
def test_a_wrapped_key_copied_to_another_row_does_not_open() -> None:
    first, second = data_key_create(), data_key_create()
    DataKey.objects.filter(pk=second.pk).update(wrapped_key=first.wrapped_key)
    second.refresh_from_db()

    with pytest.raises(KeyRingError):
        seal_bytes(data_key=second, value=b"face", context="face")


@pytest.mark.django_db
def test_nothing_can_be_read_or_sealed_once_the_key_is_destroyed(ada: Actor) -> None:
    data_key = data_key_create()
    sealed = seal_bytes(data_key=data_key, value=b"face", context="face")

    assert data_key_destroy(data_key=data_key, actor=ada) is True

    for row in (data_key, DataKey.objects.get(pk=data_key.pk)):
        assert row.is_destroyed
        assert row.wrapped_key is None
        with pytest.raises(DataKeyDestroyed):
            open_bytes(data_key=row, sealed=sealed, context="face")
        with pytest.raises(DataKeyDestroyed):
            seal_bytes(data_key=row, value=b"face", context="face")
    entry = AuditEntry.objects.get(action="data_key.destroyed")
    assert (entry.target_type, entry.target_id) == ("core.datakey", str(data_key.pk))


@pytest.mark.django_db
def test_a_key_that_is_held_is_there_and_a_destroyed_one_cannot_be_held(ada: Actor) -> None:
    data_key = data_key_create()
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        data_key_hold(data_key.pk)
    assert "FOR NO KEY UPDATE" in asked[0]["sql"]

    data_key_destroy(data_key=data_key, actor=ada)

    with transaction.atomic(), pytest.raises(DataKeyDestroyed):
        data_key_hold(data_key.pk)


@pytest.mark.django_db
def test_a_key_is_destroyed_only_once(ada: Actor) -> None:
    data_key = data_key_create()
    data_key_destroy(data_key=data_key, actor=ada)

    assert data_key_destroy(data_key=data_key, actor=ada) is False

    assert AuditEntry.objects.filter(action="data_key.destroyed").count() == 1


@pytest.mark.django_db
def test_the_database_refuses_a_destroyed_key_that_still_has_its_bytes(ada: Actor) -> None:
    data_key = data_key_create()
    wrapped = data_key.wrapped_key
    data_key_destroy(data_key=data_key, actor=ada)

    with pytest.raises(IntegrityError), transaction.atomic():
        DataKey.objects.filter(pk=data_key.pk).update(wrapped_key=wrapped)


@pytest.mark.django_db
def test_after_rotation_and_rewrapping_the_old_master_key_may_be_dropped(
    settings: Any, ada: Actor
) -> None:
    settings.MASTER_KEYS = OLD
    data_key, destroyed = data_key_create(), data_key_create()
    data_key_destroy(data_key=destroyed, actor=ada)
    sealed = seal_bytes(data_key=data_key, value=b"face", context="face")
    index = blind_index("L898902C3", purpose="document_number")

    settings.MASTER_KEYS = f"{NEW},{OLD}"
    assert open_bytes(data_key=data_key, sealed=sealed, context="face") == b"face"
    assert data_keys_rewrap() == 2
    settings.MASTER_KEYS = NEW

    data_key.refresh_from_db()
    assert data_key.master_key_id == "new"
    assert open_bytes(data_key=data_key, sealed=sealed, context="face") == b"face"
    assert blind_index("L898902C3", purpose="document_number") == index
    assert data_keys_rewrap() == 0


@pytest.mark.django_db
def test_rewrapping_without_the_old_master_key_stops_and_changes_nothing(settings: Any) -> None:
    settings.MASTER_KEYS = OLD
    data_key = data_key_create()
    settings.MASTER_KEYS = NEW

    with pytest.raises(CommandError, match="The master key old is not in the ring"):
        call_command("rewrap_data_keys")

    data_key.refresh_from_db()
    assert data_key.master_key_id == "old"


@pytest.mark.django_db
def test_the_stored_row_does_not_contain_the_key(settings: Any) -> None:
    data_key = data_key_create()

    assert open_data_key(data_key) not in bytes(data_key.wrapped_key or b"")
    assert len(open_data_key(data_key)) == 32


@pytest.mark.django_db(transaction=True)
def test_processes_that_ask_first_at_the_same_time_share_one_index_key() -> None:
    racers = 4
    barrier = Barrier(racers)

    def ask() -> bytes:
        try:
            barrier.wait()
            return blind_index("L898902C3", purpose="document_number")
        finally:
            connection.close()

    with ThreadPoolExecutor(racers) as pool:
        indexes = {future.result() for future in [pool.submit(ask) for _ in range(racers)]}

    assert len(indexes) == 1
    assert DataKey.objects.filter(purpose=DataKeyPurpose.BLIND_INDEX).count() == 1


@pytest.mark.django_db
def test_json_that_is_no_json_is_refused_before_it_is_sealed() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        seal_json(data_key=data_key_create(), value={"score": float("nan")}, context="score")
    with pytest.raises(TypeError):
        seal_json(data_key=data_key_create(), value={"at": object()}, context="at")
