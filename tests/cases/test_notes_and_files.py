"""What people write and attach: sealed, told to whom it mentions, gone with the customer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from cases.models import Attachment, Case, Note
from cases.services.attachments import attachment_add, attachment_name, attachment_read
from cases.services.notes import mentions_of, note_add, note_text
from fraudsite.core.choices import Role
from fraudsite.core.models import AuditEntry, OutboxEvent, User
from fraudsite.core.services.data_keys import data_key_destroy
from fraudsite.core.services.files import StorageFull, file_path
from kyc.refusals import ChangedElsewhere, NothingStored, Refusal
from tests.cases.raised import TESTER, a_case, claimed_by

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 a bill"


def write(case: Case, author: User, text: str) -> Note:
    return note_add(case_id=case.pk, seen=None, text=text, author=author)


def attach(case: Case, user: User, data: bytes = PDF, name: str = "bill.pdf") -> Attachment:
    return attachment_add(case_id=case.pk, seen=None, name=name, data=data, user=user)


def test_a_note_is_sealed_and_reads_as_it_was_written(anna: User) -> None:
    case = claimed_by(anna)

    note = write(case, anna, "  Spoke to Carla Núñez.  ")

    stored = Note.objects.get()
    assert b"Carla" not in bytes(stored.text_sealed)
    assert note_text(stored) == "Spoke to Carla Núñez."
    case.refresh_from_db()
    assert case.status == "investigating"
    event = case.events.get(kind="noted")
    assert event.details == {"note_id": str(note.pk), "mentioned_ids": []}


def test_whom_a_note_mentions_is_told(anna: User, ben: User) -> None:
    case = a_case()

    note = write(case, anna, "@Ben can you look? @ben, please. Not anna@example.com.")

    assert mentions_of(ben, limit=5) == [note]
    told = OutboxEvent.objects.get(kind="cases.case.mentioned").payload
    assert told["mentioned_ids"] == [str(ben.pk)]
    case.refresh_from_db()
    assert case.status == "open"


@pytest.mark.parametrize("handle", ["nobody", "carla", "sue"])
def test_a_mention_is_of_exactly_one_colleague(
    make_user: Callable[..., User], anna: User, carla: User, handle: str
) -> None:
    make_user("sue@example.com", Role.ANALYST)
    make_user("sue@example.org", Role.ANALYST)
    case = a_case()

    with pytest.raises(Refusal) as refused:
        write(case, anna, f"Ask @{handle}")

    assert refused.value.code == "unknown_mention"
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ", "note_empty"),
        ("x" * 4001, "note_too_long"),
        ("card 4111 1111 1111 1111", "card_number_refused"),
    ],
)
def test_a_note_that_cannot_be_kept(anna: User, text: str, code: str) -> None:
    case = a_case()

    with pytest.raises(Refusal) as refused:
        write(case, anna, text)

    assert refused.value.code == code


def test_a_stale_note_is_refused(anna: User) -> None:
    case = a_case()

    with pytest.raises(ChangedElsewhere):
        note_add(case_id=case.pk, seen=case.version + 1, text="Hello", author=anna)


def test_a_file_is_encrypted_and_hashed_and_reading_it_is_audited(anna: User) -> None:
    case = claimed_by(anna)

    made = attach(case, anna, name="../../tmp/Carlas bill.pdf\x00")

    assert made.sha256 == hashlib.sha256(PDF).hexdigest()
    assert PDF not in file_path(made.file_id).read_bytes()
    assert b"Carla" not in bytes(made.name_sealed)
    read = attachment_read(attachment=made, viewer=anna)
    assert (read.name, read.media_type, read.data) == ("Carlas bill.pdf", "application/pdf", PDF)
    entry = AuditEntry.objects.get(action="case.attachment_read")
    assert (entry.target_id, entry.actor_id) == (str(case.pk), str(anna.pk))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"MZ\x90\x00\x03\xff\xfe", "unknown_file"),
        (b"a\x00b", "unknown_file"),
        (b"%PDF-" + b"0" * 10_000_000, "file_too_large"),
    ],
)
def test_a_file_that_is_not_taken(anna: User, data: bytes, code: str) -> None:
    case = a_case()

    with pytest.raises(Refusal) as refused:
        attach(case, anna, data)

    assert refused.value.code == code
    assert not Attachment.objects.exists()


def test_the_same_file_is_attached_once(anna: User) -> None:
    case = a_case()
    attach(case, anna)

    with pytest.raises(Refusal) as refused:
        attach(case, anna, name="another name.pdf")

    assert refused.value.code == "attached_already"


def test_a_full_disk_is_told(anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case()

    def full(**_: object) -> None:
        raise StorageFull

    monkeypatch.setattr("cases.services.attachments.file_store", full)

    with pytest.raises(NothingStored):
        attach(case, anna)

    assert Case.objects.get().version == case.version


def test_with_the_customer_goes_what_was_written_about_them(anna: User) -> None:
    case = a_case()
    note, file = write(case, anna, "Spoke to Carla."), attach(case, anna)
    data_key_destroy(data_key=case.customer.data_key, actor=TESTER)
    note, file = Note.objects.get(pk=note.pk), Attachment.objects.get(pk=file.pk)

    assert note_text(note) == attachment_name(file) == ""
    for act in (
        lambda: attachment_read(attachment=file, viewer=anna),
        lambda: write(case, anna, "More"),
        lambda: attach(case, anna, b"More"),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "customer_erased"


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CUSTOMER, Role.RISK_MANAGER])
def test_who_only_looks_writes_and_attaches_nothing(
    make_user: Callable[..., User], role: str
) -> None:
    case = a_case()
    user = make_user("x@example.com", role)

    for act in (lambda: write(case, user, "Hello"), lambda: attach(case, user)):
        with pytest.raises(Refusal) as refused:
            act()
        assert refused.value.code == "may_not_work"
