"""The customer's way through the wizard, over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from fraudsite.core.models import AuditEntry, EncryptedFile, User
from fraudsite.core.services.files import StorageFull
from kyc.choices import CaptureKind, VerificationStatus
from kyc.models import Capture, Consent, Customer, DeviceSighting, LivenessChallenge, Verification
from kyc.services import captures, challenges
from kyc.services.captures import capture_key
from kyc.services.challenges import MAX_DRAWS, challenge_current, challenge_renew, draws_left
from kyc.services.customers import details_read
from kyc.vision.video import VideoLimits, VideoRefused
from tests.kyc.conftest import DETAILS, Traveller, jpeg, webm
from tests.kyc.vision.crafted_mp4 import jpeg_of, mp4_of

pytestmark = pytest.mark.django_db

JSON = {"HTTP_ACCEPT": "application/json"}


def test_each_page_leads_to_the_next_and_a_return_to_where_it_was_left(
    traveller: Traveller,
) -> None:
    overview = reverse("kyc:overview")

    assert traveller.client.get(overview).url == reverse("kyc:consent")
    traveller.consents()
    assert traveller.client.get(overview).url == reverse("kyc:details")
    traveller.post("details", DETAILS)
    assert traveller.client.get(overview).url == reverse("kyc:document")
    traveller.post("document", {"document_type": "identity_card", "issuing_country": "UTO"})
    assert traveller.client.get(overview).url == reverse("kyc:capture", args=["front"])
    traveller.uploads(jpeg())
    assert traveller.client.get(overview).url == reverse("kyc:capture", args=["back"])
    traveller.uploads(jpeg(), "back")
    assert traveller.client.get(overview).url == reverse("kyc:liveness")
    traveller.sends_still(jpeg())
    assert traveller.client.get(overview).url == reverse("kyc:submit")


@pytest.mark.parametrize("choice", ["grant", "refuse"])
def test_the_answer_about_biometrics_is_kept_with_version_and_hash(
    traveller: Traveller, choice: str
) -> None:
    traveller.consents(choice)

    consent = Consent.objects.get()
    assert consent.is_granted is (choice == "grant")
    assert consent.text_version == "2026-11"
    assert len(consent.text_hash) == 64


def test_a_refusal_asks_for_no_picture_of_the_face(traveller: Traveller) -> None:
    traveller.reaches_capture(choice="refuse")
    traveller.uploads(jpeg())

    assert traveller.client.get(reverse("kyc:overview")).url == reverse("kyc:submit")
    assert traveller.client.get(reverse("kyc:liveness")).url == reverse("kyc:submit")


def test_details_are_sealed_and_appear_in_no_column(traveller: Traveller) -> None:
    traveller.consents()
    traveller.post("details", DETAILS)

    customer = Customer.objects.select_related("data_key").get()
    assert details_read(customer).surname == "Núñez"
    assert "Núñez".encode() not in bytes(customer.details_sealed)
    stored = [json.dumps(entry.details) for entry in AuditEntry.objects.all()]
    assert not [text for text in stored if "Carla" in text or "1990" in text]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("birth_date", "2031-01-01", "in the future"),
        ("birth_date", "1850-01-01", "too long ago"),
        ("birth_date", "yesterday", "valid date"),
        ("surname", "", "required"),
        ("nationality", "XXX", "valid choice"),
    ],
)
def test_bad_details_get_a_sentence_and_lose_nothing(
    traveller: Traveller, field: str, value: str, sentence: str
) -> None:
    traveller.consents()

    page = traveller.post("details", {**DETAILS, field: value})

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "Carla Maria" in page.content.decode()
    assert Customer.objects.get().details_sealed is None


def png(size: tuple[int, int]) -> bytes:
    """Return what no JPEG can hold: a side of more than 65,500 pixels."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (180, 170, 160)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "form_invalid"),
        (b"MZ this is no picture", None),
        (b"\xff\xd8\xff\xe0 broken", None),
        (jpeg(size=(120, 90)), None),
        pytest.param(png(size=(300, 70_000)), "too_long", id="strip"),
        (jpeg()[:4000], None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
    ],
)
def test_a_hostile_file_gets_a_sentence_and_leaves_nothing_behind(
    traveller: Traveller, settings: object, data: bytes, code: str | None
) -> None:
    traveller.reaches_capture()

    answer = traveller.uploads(data, **JSON)

    body = answer.json()
    assert answer.status_code == 422
    assert body["field"] == "image"
    assert body["message"].endswith(".")
    assert code is None or body["code"] == code
    assert Capture.objects.count() == 0
    assert EncryptedFile.objects.count() == 0
    evidence: Path = settings.EVIDENCE_ROOT  # type: ignore[attr-defined]  # pytest-django
    assert not list(evidence.rglob("*.bin"))


def test_what_is_stored_is_encrypted_and_without_metadata(
    traveller: Traveller, settings: object, tmp_path: Path
) -> None:
    traveller.reaches_capture()
    source = tmp_path / "tagged.jpg"
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    Image.new("RGB", (900, 640), (90, 120, 150)).save(source, exif=exif)

    traveller.uploads(source.read_bytes())

    evidence: Path = settings.EVIDENCE_ROOT  # type: ignore[attr-defined]  # pytest-django
    (stored,) = evidence.rglob("*.bin")
    assert not stored.read_bytes().startswith(b"\xff\xd8")
    capture = Capture.objects.get()
    shown = traveller.client.get(reverse("kyc:own_capture", args=[capture.pk]))
    assert shown.content.startswith(b"\xff\xd8")
    assert b"SECRETCAMERA" not in shown.content
    assert "no-store" in shown.headers["Cache-Control"]


def test_a_second_tab_cannot_overwrite_what_the_first_one_took(traveller: Traveller) -> None:
    traveller.reaches_capture()
    stale = capture_key(traveller.verification, CaptureKind.DOCUMENT_FRONT)
    traveller.uploads(jpeg())

    answer = traveller.uploads(jpeg((1, 2, 3)), key=stale, **JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "changed_elsewhere"
    assert answer.json()["next_url"] == reverse("kyc:liveness")
    assert Capture.objects.count() == 1


def test_an_expired_session_tells_the_script_where_to_log_in(client: Client) -> None:
    page = reverse("kyc:capture", args=["front"])

    answer = client.post(page, {}, **JSON)

    assert answer.status_code == 401
    assert answer.json()["code"] == "session_expired"
    assert answer.json()["login_url"] == f"/accounts/login/?next={page}"


def test_nobody_sees_another_customers_picture(
    traveller: Traveller, make_user: Callable[..., User], as_user: Callable[[User], Client]
) -> None:
    traveller.reaches_capture()
    traveller.uploads(jpeg())
    address = reverse("kyc:own_capture", args=[Capture.objects.get().pk])

    other = as_user(make_user("dora@example.com")).get(address)
    missing = traveller.client.get(address.replace(address[-10:-5], "00000"))

    assert (other.status_code, missing.status_code) == (404, 404)


def test_another_kind_of_document_makes_the_pictures_taken_obsolete(traveller: Traveller) -> None:
    traveller.reaches_capture()
    traveller.uploads(jpeg())

    traveller.post("document", {"document_type": "identity_card", "issuing_country": "UTO"})

    assert Capture.objects.get().superseded_at is not None
    assert traveller.client.get(reverse("kyc:overview")).url == reverse(
        "kyc:capture", args=["front"]
    )


class TestChallenge:
    def test_a_refresh_shows_the_same_challenge(self, traveller: Traveller) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())

        first = traveller.client.get(reverse("kyc:liveness")).context["challenge"]
        second = traveller.client.get(reverse("kyc:liveness")).context["challenge"]

        assert first["nonce"] == second["nonce"]
        assert LivenessChallenge.objects.count() == 1

    @pytest.mark.parametrize(("is_on", "colours"), [(False, 0), (True, 5)])
    def test_the_screen_lights_the_face_only_where_the_operator_wants_it(
        self, traveller: Traveller, settings: Any, is_on: bool, colours: int
    ) -> None:
        settings.LIVENESS_LIGHT = is_on
        traveller.reaches_capture()
        traveller.uploads(jpeg())

        page = traveller.client.get(reverse("kyc:liveness"))

        assert len(page.context["challenge"]["light"]) == colours
        assert ("Nothing flashes" in page.text) is is_on

    def test_a_video_for_a_replaced_challenge_is_refused(self, traveller: Traveller) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        old = challenge_current(traveller.verification)
        traveller.post("liveness_renew")

        answer = self.sends_video(traveller, str(old.nonce))

        assert (answer.status_code, answer.json()["code"]) == (422, "challenge_unknown")
        assert not Capture.objects.filter(kind=CaptureKind.LIVENESS_VIDEO).exists()

    def test_a_video_that_comes_too_late_is_refused(self, traveller: Traveller) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)

        with time_machine.travel(challenge.expires_at):
            answer = self.sends_video(traveller, str(challenge.nonce))

        assert (answer.status_code, answer.json()["code"]) == (422, "challenge_expired")

    def test_a_video_too_heavy_to_decode_uses_up_its_movements(
        self, traveller: Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def too_heavy(data: bytes, limits: VideoLimits) -> float:
            raise VideoRefused("too_complex", "This video is too heavy.")

        # Stands for a film that keeps a process busy until its limit; test_video.py has real ones.
        monkeypatch.setattr(captures, "video_length_ms", too_heavy)
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        for _ in range(MAX_DRAWS):
            challenge_renew(traveller.verification)
        challenge = challenge_current(traveller.verification)
        assert draws_left(traveller.verification) == 0

        first = self.sends_video(traveller, str(challenge.nonce))
        second = self.sends_video(traveller, str(challenge.nonce))

        assert (first.status_code, first.json()["code"]) == (422, "too_complex")
        assert (second.status_code, second.json()["code"]) == (422, "challenge_unknown")
        # Else the movements of the last draw are shown again for the rest of their time.
        monkeypatch.setattr(challenges, "_draw", lambda: "smile@2000,turn_left@2000")
        assert challenge_current(traveller.verification).actions == "smile@2000,turn_left@2000"

    def test_one_video_of_a_customer_is_opened_at_a_time(self, traveller: Traveller) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)
        lock = [f"kyc:film:{traveller.verification.pk}"]

        with connection.copy().cursor() as elsewhere:
            elsewhere.execute("SELECT pg_advisory_lock(hashtext(%s))", lock)
            during = self.sends_video(traveller, str(challenge.nonce))
            elsewhere.execute("SELECT pg_advisory_unlock(hashtext(%s))", lock)
            elsewhere.connection.close()
        with time_machine.travel(challenge.issued_at + timedelta(seconds=20)):
            afterwards = self.sends_video(traveller, str(challenge.nonce))

        assert (during.status_code, during.json()["code"]) == (422, "film_under_way")
        assert afterwards.status_code == 200

    def test_what_opening_a_video_takes_is_no_time_of_its_movements(
        self, traveller: Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)

        with time_machine.travel(challenge.issued_at + timedelta(seconds=2), tick=False) as clock:

            def slow(data: bytes, limits: VideoLimits) -> float:
                clock.shift(timedelta(seconds=30))
                return 9_000

            # Stands for a film that was made to open slowly.
            monkeypatch.setattr(captures, "video_length_ms", slow)
            answer = self.sends_video(traveller, str(challenge.nonce))

        assert (answer.status_code, answer.json()["code"]) == (422, "film_too_early")

    def test_a_video_that_is_longer_than_its_movements_are_known_is_refused(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)

        with time_machine.travel(challenge.issued_at, tick=False):
            answer = self.sends_video(traveller, str(challenge.nonce), webm(3))

        assert (answer.status_code, answer.json()["code"]) == (422, "film_too_early")
        challenge.refresh_from_db()
        assert challenge.used_at is None

    def test_after_three_draws_the_movements_stay_for_the_rest_of_their_time(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge_current(traveller.verification)

        for _ in range(9):
            traveller.post("liveness_renew")

        drawn = LivenessChallenge.objects.order_by("issued_at").values_list("actions", "expires_at")
        assert len(drawn) == 10
        assert len(set(drawn[2:])) == 1
        assert len({expires_at for _, expires_at in drawn}) == 3

    def test_movements_whose_time_is_over_do_not_come_again(self, traveller: Traveller) -> None:
        """Noted, they could be done by a film that was made in peace."""
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        for _ in range(3):
            last = challenge_renew(traveller.verification)

        drawn = [last]
        for _ in range(3):
            with time_machine.travel(drawn[-1].expires_at):
                drawn.append(challenge_current(traveller.verification))

        assert len({one.expires_at for one in drawn}) == 4
        # The same ones are drawn twice in a row once in ten thousand times, not three times.
        assert len({one.actions for one in drawn}) > 1

    def test_movements_with_no_time_left_for_a_film_are_drawn_anew(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        for _ in range(3):
            last = challenge_renew(traveller.verification)

        with time_machine.travel(last.expires_at - timedelta(seconds=20)):
            anew = challenge_renew(traveller.verification)

        assert anew.expires_at > last.expires_at

    def test_ten_draws_a_day_are_enough(self, traveller: Traveller) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        for _ in range(10):
            challenge = challenge_current(traveller.verification)
            LivenessChallenge.objects.update(
                issued_at=F("issued_at") - timedelta(minutes=6),
                expires_at=F("expires_at") - timedelta(minutes=6),
            )

        page = traveller.client.get(reverse("kyc:liveness"))
        again = traveller.post("liveness_renew", follow=True)

        assert page.status_code == again.status_code == 200
        for one in (page, again):
            assert "no more movements for you today. Upload a photo of your face" in one.text
            assert 'id="challenge"' not in one.text
        assert LivenessChallenge.objects.count() == 10
        assert traveller.sends_still(jpeg()).url == reverse("kyc:submit")

        with time_machine.travel(challenge.issued_at + timedelta(days=1, minutes=1)):
            assert challenge_current(traveller.verification).actions

    def test_every_picture_can_be_taken_again_from_the_last_page(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_submit()

        page = traveller.client.get(reverse("kyc:submit"))

        assert [one["change_url"] for one in page.context["captures"]] == [
            reverse("kyc:capture", args=["front"]),
            reverse("kyc:liveness"),
        ]
        for one in page.context["captures"]:
            assert traveller.client.get(one["change_url"]).status_code == 200

    def test_the_page_offers_other_movements_only_while_there_are_some(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        pages = []

        for _ in range(3):
            pages.append(traveller.client.get(reverse("kyc:liveness")).text)
            traveller.post("liveness_renew")

        assert ["Get other movements" in page for page in pages] == [True, True, False]
        assert "These movements stay for a few minutes" in pages[2]

    def test_a_new_still_makes_the_selfie_of_an_earlier_video_obsolete(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        self.sends_video(traveller, str(challenge_current(traveller.verification).nonce))
        Capture.objects.filter(kind=CaptureKind.LIVENESS_VIDEO).update(
            kind=CaptureKind.SELFIE_FRAME
        )

        traveller.sends_still(jpeg())

        current = Capture.objects.filter(superseded_at=None).values_list("kind", flat=True)
        assert set(current) == {CaptureKind.DOCUMENT_FRONT, CaptureKind.SELFIE_STILL}

    def test_a_challenge_is_answered_once(self, traveller: Traveller) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        nonce = str(challenge_current(traveller.verification).nonce)

        first = self.sends_video(traveller, nonce)
        second = self.sends_video(traveller, nonce)

        assert first.status_code == 200
        assert second.json()["code"] == "challenge_unknown"
        assert LivenessChallenge.objects.get().video == Capture.objects.get(
            kind=CaptureKind.LIVENESS_VIDEO
        )

    def test_a_broken_video_is_refused_and_the_challenge_stays_open(
        self, traveller: Traveller
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)

        answer = self.sends_video(traveller, str(challenge.nonce), data=b"\x1a\x45\xdf\xa3webm")

        assert answer.status_code == 422
        assert answer.json()["field"] == "video"
        challenge.refresh_from_db()
        assert challenge.used_at is None

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            # Each shows frames; no browser records them.
            (jpeg() * 30, "unknown_type"),
            (
                mp4_of([jpeg_of((320, 240), 90)] * 3, range(3), [100] * 3, (320, 240)),
                "unknown_codec",
            ),
        ],
    )
    def test_what_no_browser_records_is_refused(
        self, traveller: Traveller, data: bytes, code: str
    ) -> None:
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)

        answer = self.sends_video(traveller, str(challenge.nonce), data)

        assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert not Capture.objects.filter(kind=CaptureKind.LIVENESS_VIDEO).exists()

    def test_nothing_is_decoded_that_could_not_be_kept(
        self, traveller: Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Decoded, the video would be refused as unreadable."""
        traveller.reaches_capture()
        traveller.uploads(jpeg())
        challenge = challenge_current(traveller.verification)
        nonce, broken = str(challenge.nonce), b"\x1a\x45\xdf\xa3webm"

        answers = [
            self.sends_video(traveller, str(uuid4()), broken),
            self.sends_video(traveller, nonce, broken, key="of another tab"),
        ]
        with time_machine.travel(challenge.expires_at):
            answers.append(self.sends_video(traveller, nonce, broken))
        with monkeypatch.context() as patched:
            patched.setattr(captures, "MAX_CAPTURES", 1)
            answers.append(self.sends_video(traveller, nonce, broken))
        Consent.objects.update(withdrawn_at=timezone.now())
        answers.append(self.sends_video(traveller, nonce, broken))

        assert [answer.json()["code"] for answer in answers] == [
            "challenge_unknown",
            "changed_elsewhere",
            "challenge_expired",
            "too_many_captures",
            "changed_elsewhere",
        ]

    def sends_video(
        self, traveller: Traveller, nonce: str, data: bytes | None = None, key: str | None = None
    ) -> HttpResponse:
        form = {
            "video": SimpleUploadedFile("film.webm", data or webm()),
            "nonce": nonce,
            "capture_key": key or capture_key(traveller.verification, CaptureKind.LIVENESS_VIDEO),
            "source": "camera",
        }
        return traveller.post("liveness", form, **JSON)


class TestSubmission:
    def test_sending_twice_is_the_same_as_once(self, traveller: Traveller) -> None:
        traveller.reaches_submit()

        traveller.post("submit")
        traveller.post("submit")

        assert traveller.verification.status == VerificationStatus.PROCESSING
        moves = AuditEntry.objects.filter(action="kyc.verification.processing")
        assert moves.count() == 1

    def test_what_is_missing_is_named_and_nothing_is_sent(self, traveller: Traveller) -> None:
        traveller.reaches_capture()

        answer = traveller.client.post(reverse("kyc:submit"), **JSON)

        assert answer.status_code == 422
        assert answer.json()["code"] == "capture_missing"
        assert traveller.verification.status == VerificationStatus.COLLECTING

    def test_nothing_can_be_changed_once_it_is_sent(self, traveller: Traveller) -> None:
        traveller.reaches_submit()
        traveller.post("submit")

        answer = traveller.uploads(jpeg((9, 9, 9)), **JSON)

        assert answer.status_code == 409
        assert answer.json()["next_url"] == reverse("kyc:progress")

    def test_progress_is_shown_as_a_page_and_as_json(self, traveller: Traveller) -> None:
        traveller.reaches_submit()
        traveller.post("submit")

        page = traveller.client.get(reverse("kyc:progress"))
        body = traveller.client.get(reverse("kyc:progress"), **JSON).json()

        assert page.status_code == 200
        assert [stage["state"] for stage in body["stages"]] == [
            "running",
            "waiting",
            "waiting",
            "waiting",
        ]
        assert body["done"] is False


def test_a_device_is_recognised_and_its_visits_are_noted_once(traveller: Traveller) -> None:
    traveller.consents()
    fingerprint = {"fingerprint": "ab" * 32}

    traveller.post("device_sighting", fingerprint)
    traveller.post("device_sighting", fingerprint)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        traveller.post("device_sighting", fingerprint)

    sightings = DeviceSighting.objects.all()
    assert len(sightings) == 2
    assert len({sighting.device_id for sighting in sightings}) == 1
    assert {sighting.ip_address for sighting in sightings} == {"127.0.0.1"}


def test_a_forged_device_cookie_is_a_new_device(traveller: Traveller) -> None:
    traveller.consents()
    traveller.post("device_sighting", {"fingerprint": "ab" * 32})
    traveller.client.cookies["device"] = "00000000-0000-0000-0000-000000000000:forged"

    traveller.post("device_sighting", {"fingerprint": "ab" * 32})

    assert DeviceSighting.objects.values("device").distinct().count() == 2


def test_sending_notes_the_device_even_where_no_script_runs(traveller: Traveller) -> None:
    traveller.reaches_submit()

    traveller.post("submit")

    assert DeviceSighting.objects.get().fingerprint == ""


def test_no_cookie_is_set_before_the_text_that_names_it_was_answered(traveller: Traveller) -> None:
    traveller.client.get(reverse("kyc:overview"))
    assert "device" not in traveller.client.cookies

    traveller.consents()
    traveller.client.get(reverse("kyc:overview"))

    assert "device" in traveller.client.cookies


@pytest.mark.parametrize("name", ["details", "submit", "liveness", "result"])
def test_pages_with_personal_data_are_never_cached(traveller: Traveller, name: str) -> None:
    traveller.reaches_submit()

    page = traveller.client.get(reverse(f"kyc:{name}"))

    assert "no-store" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headers", [{"CONTENT_LENGTH": "26000001"}, {"HTTP_TRANSFER_ENCODING": "chunked"}]
)
def test_a_body_that_no_page_sends_is_refused_unread(
    client: Client, headers: dict[str, str]
) -> None:
    answer = client.generic("POST", reverse("kyc:overview"), b"x", **headers)

    assert answer.status_code == 413


def test_answers_given_after_sending_change_nothing(traveller: Traveller) -> None:
    traveller.reaches_submit()
    traveller.post("submit")

    traveller.post("consent", {"choice": "refuse"})
    traveller.post("details", {**DETAILS, "surname": "Other"})

    assert Consent.objects.get().is_granted is True
    customer = Customer.objects.select_related("data_key").get()
    assert details_read(customer).surname == "Núñez"


def test_a_full_disk_gets_a_sentence_and_keeps_nothing(
    traveller: Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    traveller.reaches_capture()

    def full(**_: object) -> None:
        # Stands for a disk without room, which cannot be made here without filling everybody's.
        raise StorageFull

    monkeypatch.setattr("kyc.services.captures.file_store", full)
    answer = traveller.uploads(jpeg(), **JSON)

    assert (answer.status_code, answer.json()["code"]) == (503, "nothing_stored")
    assert Capture.objects.count() == 0


def test_one_customer_has_one_open_verification(traveller: Traveller) -> None:
    traveller.client.get(reverse("kyc:overview"))
    traveller.client.get(reverse("kyc:overview"))

    assert Verification.objects.count() == 1
