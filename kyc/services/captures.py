"""Taking in pictures and videos: hostile until decoded, encrypted before they touch the disk."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fraudsite.core.actors import Actor
from fraudsite.core.services.audit import audit_record
from fraudsite.core.services.data_keys import open_bytes, seal_bytes
from fraudsite.core.services.files import file_read, file_store
from kyc.choices import CaptureKind, CaptureSource
from kyc.models import Capture, LivenessChallenge, Verification
from kyc.refusals import ChangedElsewhere, Refusal
from kyc.services.challenges import challenge_answered, challenge_discard, challenge_use
from kyc.services.consents import consent_held
from kyc.services.locks import alone_at_work, lock_collecting
from kyc.vision.images import CleanImage, ImageRefused, Pixels, read_image
from kyc.vision.pdf_pages import is_pdf, read_pdf_side
from kyc.vision.quality import assess_quality
from kyc.vision.video import BROWSER_LIMITS, VideoRefused, container_type, video_length_ms

# In one attempt, superseded ones included: enough for anybody, too few to fill a disk with.
MAX_CAPTURES = 60
DOCUMENT_KINDS = (CaptureKind.DOCUMENT_FRONT, CaptureKind.DOCUMENT_BACK)
FACE_KINDS = (CaptureKind.LIVENESS_VIDEO, CaptureKind.SELFIE_STILL)
# Of `BROWSER_LIMITS.containers`; what is stored says of itself what it is.
VIDEO_MEDIA_TYPES = {"webm": "video/webm", "mp4": "video/mp4"}


@dataclass(frozen=True, slots=True)
class Upload:
    """What a browser sent for one capture."""

    data: bytes
    source: CaptureSource
    camera_label: str
    capture_key: str


def capture_key(verification: Verification, kind: CaptureKind) -> str:
    """Return the token of what is captured now: it changes with every new capture.

    A page opened before somebody else captured the same thing holds an old one, so that two tabs
    or devices never overwrite each other unseen.
    """
    current = current_capture(verification, kind)
    seen = f"{verification.pk}:{verification.attempt}:{kind}:{current.pk if current else ''}"
    return hmac.new(settings.SECRET_KEY.encode(), seen.encode(), hashlib.sha256).hexdigest()[:32]


def current_capture(verification: Verification, kind: CaptureKind) -> Capture | None:
    """Return the capture of this kind that counts."""
    return verification.captures.filter(kind=kind, superseded_at=None).first()


def image_capture(
    *, verification: Verification, kind: CaptureKind, upload: Upload, actor: Actor
) -> Capture:
    """Take in one picture; what is stored is our own re-encoding, without any metadata.

    Raises
    ------
    Refusal
        With the sentence for the customer; nothing is kept then.
    ChangedElsewhere
        When the verification has moved on since the page was opened.
    """
    try:
        image = _picture(kind, upload.data)
    except ImageRefused as refused:
        raise Refusal(refused.code, refused.sentence, field="image") from refused
    report = assess_quality(image.pixels, kind="document" if kind in DOCUMENT_KINDS else "face")
    with transaction.atomic():
        current = lock_collecting(verification)
        _check_key(current, kind, upload.capture_key)
        _check_consent(current, kind)
        if kind == CaptureKind.SELFIE_STILL:
            captures_supersede(current, [CaptureKind.LIVENESS_VIDEO])
        return capture_store(
            verification=current,
            kind=kind,
            data=image.to_jpeg(),
            media_type="image/jpeg",
            upload=upload,
            issues=[issue.code for issue in report.issues],
            actor=actor,
        )


def _picture(kind: CaptureKind, data: bytes) -> CleanImage:
    """Return the one picture of a file; of a PDF the first page is the front, the last the back."""
    if kind not in DOCUMENT_KINDS:
        return read_image(data)
    if not is_pdf(data):
        return _document_photo(data)
    return read_pdf_side(data, is_back=kind == CaptureKind.DOCUMENT_BACK)


def _document_photo(data: bytes) -> CleanImage:
    """As `read_image`; who chose another type is told that a PDF is taken as well."""
    try:
        return read_image(data)
    except ImageRefused as refused:
        if refused.code != "unsupported_type":
            raise
        sentence = f"{refused.sentence} A PDF will do as well."
        raise ImageRefused(refused.code, sentence) from refused


def video_capture(
    *, verification: Verification, nonce: str, upload: Upload, actor: Actor
) -> Capture:
    """Take in the video that answers a challenge, once and in time."""
    # Decoding takes seconds, which are spent only on what could be kept; much may change in them.
    arrived = timezone.now()
    with transaction.atomic():
        current = _collecting_video(verification, upload.capture_key)
        _check_count(current)
        challenge = challenge_answered(verification=current, nonce=nonce, arrived=arrived)
    film = _film_length(upload.data, challenge)
    with transaction.atomic():
        current = _collecting_video(verification, upload.capture_key)
        challenge = challenge_use(verification=current, nonce=nonce, arrived=arrived, film=film)
        captures_supersede(current, [CaptureKind.SELFIE_STILL])
        capture = capture_store(
            verification=current,
            kind=CaptureKind.LIVENESS_VIDEO,
            data=upload.data,
            media_type=VIDEO_MEDIA_TYPES[container_type(upload.data) or "webm"],
            upload=upload,
            issues=[],
            actor=actor,
        )
        challenge.video = capture
        challenge.save(update_fields=["video"])
    return capture


def _film_length(data: bytes, challenge: LivenessChallenge) -> timedelta:
    """Return how long a film is that can be read to its end: others only go to a person later.

    One at a time for a customer, or a handful of heavy films would keep every thread of the web
    busy, and a payment waiting.
    """
    with alone_at_work(challenge.verification, "film") as is_alone:
        if not is_alone:
            raise Refusal(
                "film_under_way",
                "Another video of yours is being opened. Wait a moment, then send this one again.",
                field="video",
            )
        try:
            return timedelta(milliseconds=video_length_ms(data, BROWSER_LIMITS))
        except VideoRefused as refused:
            if refused.code == "too_complex":
                # It took half a minute of a processor: the next one has to be for other movements,
                # of which there are few in a day.
                challenge_discard(challenge)
            raise Refusal(refused.code, refused.sentence, field="video") from refused


def _collecting_video(verification: Verification, key: str) -> Verification:
    """Return the locked row, where a video may be taken in now."""
    current = lock_collecting(verification)
    _check_key(current, CaptureKind.LIVENESS_VIDEO, key)
    _check_consent(current, CaptureKind.LIVENESS_VIDEO)
    return current


def capture_store(
    *,
    verification: Verification,
    kind: CaptureKind,
    data: bytes,
    media_type: str,
    upload: Upload,
    issues: list[str],
    actor: Actor,
) -> Capture:
    """Store one capture encrypted and let it supersede the one before."""
    _check_count(verification)
    captures_supersede(verification, [kind])
    file = file_store(
        data_key=verification.customer.data_key,
        data=data,
        media_type=media_type,
        purpose=kind.value,
    )
    capture = Capture.objects.create(
        verification=verification,
        file=file,
        kind=kind,
        source=upload.source,
        attempt=verification.attempt,
        camera_label_sealed=_seal_label(verification, upload.camera_label[:200]),
        issues=issues,
    )
    audit_record(
        actor=actor,
        action="capture.stored",
        target=verification,
        details={"capture_id": str(capture.id), "kind": kind.value, "source": upload.source},
    )
    return capture


def captures_supersede(verification: Verification, kinds: Iterable[CaptureKind]) -> None:
    """Let what is current of these kinds count no longer, with what was made out of it."""
    gone = {one for kind in kinds for one in (kind, *kind.derived)}
    verification.captures.filter(kind__in=gone, superseded_at=None).update(
        superseded_at=timezone.now()
    )


def camera_label(capture: Capture) -> str:
    """Return under which name the camera showed itself, "" when it did not."""
    if not capture.camera_label_sealed:
        return ""
    customer = capture.verification.customer
    return open_bytes(
        data_key=customer.data_key,
        sealed=capture.camera_label_sealed,
        context=_label_context(capture.verification),
    ).decode()


def _seal_label(verification: Verification, label: str) -> bytes:
    # "Anna's iPhone Camera": a label can say whose it is.
    if not label:
        return b""
    return seal_bytes(
        data_key=verification.customer.data_key,
        value=label.encode(),
        context=_label_context(verification),
    )


def _label_context(verification: Verification) -> str:
    return f"verification:{verification.pk}:camera-label"


def current_pixels(verification: Verification, kind: CaptureKind) -> Pixels | None:
    """Return the picture of this kind that counts, decoded; None when there is none."""
    capture = current_capture(verification, kind)
    return None if capture is None else read_image(capture_bytes(capture)).pixels


def capture_bytes(capture: Capture) -> bytes:
    """Return the decrypted content."""
    return file_read(capture.file)


def _check_count(verification: Verification) -> None:
    if verification.captures.filter(attempt=verification.attempt).count() >= MAX_CAPTURES:
        raise Refusal(
            "too_many_captures",
            "You have taken very many pictures. Use one of them, or ask us for help.",
        )


def _check_consent(verification: Verification, kind: CaptureKind) -> None:
    if kind in FACE_KINDS and not consent_held(verification.customer):
        raise ChangedElsewhere(
            "You took back your consent to comparing your face, so no picture of it was kept."
        )


def _check_key(verification: Verification, kind: CaptureKind, key: str) -> None:
    if not hmac.compare_digest(capture_key(verification, kind), key):
        raise ChangedElsewhere
