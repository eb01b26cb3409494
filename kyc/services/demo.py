"""The demonstration: logins for every role, and customers whose evidence real engines judge.

Every document and face is rendered (see `kyc.simulation`): a fictional state, two public-domain
portraits, videos of a moved face mesh.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache

import cv2
import numpy as np
from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from kyc.choices import CaptureKind, CaptureSource, DocumentType
from kyc.details import PersonDetails
from kyc.models import Verification
from kyc.services.captures import Upload, capture_key, image_capture, video_capture
from kyc.services.challenges import challenge_current
from kyc.services.consent_answers import consent_answer
from kyc.services.customers import customer_of_user, details_save
from kyc.services.demo_logins import (
    DEMO_CASES,
    DEMO_LOGINS,
    DEMO_PASSWORD,
    DemoCase,
    is_submitted,
)
from kyc.services.demo_watchlist import demo_watchlist_load
from kyc.services.verifications import (
    document_choose,
    verification_current,
    verification_submit,
)
from kyc.simulation.challenge_videos import render_challenge_video, to_webm
from kyc.simulation.people import SpecimenPerson, draw_person
from kyc.simulation.photography import photograph
from kyc.simulation.portraits import PortraitName, age_portrait, load_portrait
from kyc.simulation.specimens import render_specimen
from kyc.vision.liveness.challenge import parse_challenge

CAMERA = "Demo camera"
FILM_LASTS = timedelta(seconds=20)
FILM_SEED = 7


def demo_load(*, report: Callable[[str], None]) -> int:
    """Make what is missing of the demonstration; return how many things were made."""
    made = 0
    for login in DEMO_LOGINS:
        made += _ensure_user(login.email, login.role)
    if demo_watchlist_load():
        report("imported the watchlist of Utopia (invented people)")
        made += 1
    for case in DEMO_CASES:
        if _ensure_user(case.email, Role.CUSTOMER) or not is_submitted(case):
            report(f"preparing the demo customer {case.email} ({case.purpose})")
            case_submit(case)
            made += 1
    return made


def case_submit(case: DemoCase) -> Verification:
    """Send one demo customer's document and video through the same services as the web pages."""
    rng = np.random.default_rng(case.seed)
    person = draw_person(rng, today=timezone.now().date())
    user = User.objects.get(email=case.email)
    actor = Actor.of_user(user)
    customer = customer_of_user(user)
    verification = verification_current(customer)
    details_save(verification=verification, details=_details(person), actor=actor)
    consent_answer(verification=verification, is_granted=True, actor=actor)
    document_choose(
        verification=verification,
        document_type=DocumentType.PASSPORT,
        issuing_country=person.issuing_state,
        actor=actor,
    )
    image_capture(
        verification=verification,
        kind=CaptureKind.DOCUMENT_FRONT,
        upload=_upload(
            _document_photo(person, case, rng), verification, CaptureKind.DOCUMENT_FRONT
        ),
        actor=actor,
    )
    challenge = challenge_current(verification)
    film = film_of(case.selfie_face, challenge.actions)
    # Rendered, a film is there sooner than it lasts.
    challenge.issued_at -= FILM_LASTS
    challenge.save(update_fields=["issued_at"])
    video_capture(
        verification=verification,
        nonce=str(challenge.nonce),
        upload=_upload(film, verification, CaptureKind.LIVENESS_VIDEO),
        actor=actor,
    )
    verification_submit(verification=verification, actor=actor)
    return verification


@lru_cache(maxsize=8)
def film_of(face: PortraitName, actions: str) -> bytes:
    """Return a film of the face doing the challenge, as WebM; seconds to render, so kept."""
    portrait = load_portrait(face, framing="selfie")
    rng = np.random.default_rng(FILM_SEED)
    return to_webm(render_challenge_video(portrait, parse_challenge(actions), rng=rng))


def _ensure_user(email: str, role: Role) -> bool:
    if User.objects.filter(email=email).exists():
        return False
    with transaction.atomic():
        User.objects.create_user(email=email, password=DEMO_PASSWORD, role=role)
    return True


def _details(person: SpecimenPerson) -> PersonDetails:
    return PersonDetails(
        surname=person.surname,
        given_names=person.given_names,
        birth_date=person.birth_date,
        nationality=person.nationality,
    )


def _document_photo(person: SpecimenPerson, case: DemoCase, rng: np.random.Generator) -> bytes:
    portrait = age_portrait(load_portrait(case.document_face), rng)
    specimen = render_specimen(person, kind="TD3", portrait=portrait, rng=rng)
    photo = photograph(specimen.front, rng, blur_sigma=case.blur_sigma)
    _, encoded = cv2.imencode(".jpg", photo, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return bytes(encoded.tobytes())


def _upload(data: bytes, verification: Verification, kind: CaptureKind) -> Upload:
    return Upload(data, CaptureSource.CAMERA, CAMERA, capture_key(verification, kind))
