"""The closed sets of words that the app's tables, forms and API share."""

from __future__ import annotations

from django.db import models


class DocumentType(models.TextChoices):
    """Which identity document the customer shows."""

    PASSPORT = "passport", "Passport"
    IDENTITY_CARD = "identity_card", "Identity card"
    RESIDENCE_PERMIT = "residence_permit", "Residence permit"
    DRIVING_LICENCE = "driving_licence", "Driving licence"

    @property
    def has_back(self) -> bool:
        """Whether the back is photographed too."""
        return self is not DocumentType.PASSPORT


class VerificationStatus(models.TextChoices):
    """Where a verification stands; see `Verification` for how it moves."""

    COLLECTING = "collecting", "Collecting"
    PROCESSING = "processing", "Processing"
    IN_REVIEW = "in_review", "In review"
    RESUBMIT = "resubmit", "Needs resubmission"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


class CaptureKind(models.TextChoices):
    """What a kept image or video shows."""

    DOCUMENT_FRONT = "document_front", "Document, front"
    DOCUMENT_BACK = "document_back", "Document, back"
    LIVENESS_VIDEO = "liveness_video", "Liveness video"
    SELFIE_STILL = "selfie_still", "Selfie, a single photo"
    SELFIE_FRAME = "selfie_frame", "Selfie, chosen from the video"
    DOCUMENT_CARD = "document_card", "Document, straightened"
    DOCUMENT_PORTRAIT = "document_portrait", "Portrait on the document"
    DOCUMENT_MRZ = "document_mrz", "Machine-readable zone"
    LIVENESS_FRAMES = "liveness_frames", "Liveness, key frames"

    @property
    def derived(self) -> tuple[CaptureKind, ...]:
        """What the server makes out of it, and what goes with it when it is taken again."""
        return DERIVED.get(self, ())


# The zone may have been cut from either side.
DERIVED = {
    CaptureKind.DOCUMENT_FRONT: (
        CaptureKind.DOCUMENT_CARD,
        CaptureKind.DOCUMENT_PORTRAIT,
        CaptureKind.DOCUMENT_MRZ,
    ),
    CaptureKind.DOCUMENT_BACK: (CaptureKind.DOCUMENT_MRZ,),
    CaptureKind.LIVENESS_VIDEO: (CaptureKind.SELFIE_FRAME, CaptureKind.LIVENESS_FRAMES),
}


class CaptureSource(models.TextChoices):
    """How a capture came to us."""

    CAMERA = "camera", "Camera in the browser"
    UPLOAD = "upload", "Uploaded file"
    DERIVED = "derived", "Made by the server"


class ConsentPurpose(models.TextChoices):
    """What is consented to, each on its own."""

    BIOMETRICS = "biometrics", "Comparison of the face with the document"


class Stage(models.TextChoices):
    """The stages of the pipeline, in the order in which they are shown.

    The last two compare the customer with others; they are for the reviewer's eyes only.
    """

    QUALITY = "quality", "Checking the pictures"
    DOCUMENT = "document", "Reading the document"
    LIVENESS = "liveness", "Checking that you are there"
    FACE = "face", "Comparing the faces"
    SCREENING = "screening", "Searching the watchlists"
    DUPLICATES = "duplicates", "Searching for the same person"

    @property
    def is_told(self) -> bool:
        """Whether the customer sees on the progress page that it runs."""
        return self not in {Stage.SCREENING, Stage.DUPLICATES}


class StageState(models.TextChoices):
    """How a stage ended. A failure is recorded, never raised."""

    DONE = "done", "Done"
    SKIPPED = "skipped", "Skipped"
    FAILED = "failed", "Failed"


class AnalystReason(models.TextChoices):
    """Why an analyst decided as they did. The first word says for which decision it is meant."""

    APPROVE_EVIDENCE_CLEAR = "approve_evidence_clear", "Evidence is clear on inspection"
    APPROVE_READ_BY_EYE = "approve_read_by_eye", "Document read by eye, details agree"
    APPROVE_CONFIRMED_OTHERWISE = "approve_confirmed_otherwise", "Identity confirmed another way"
    DECLINE_FORGED_DOCUMENT = "decline_forged_document", "Document is forged or altered"
    DECLINE_OTHER_PERSON = "decline_other_person", "Face is another person's"
    DECLINE_NOT_LIVE = "decline_not_live", "Presentation attack"
    DECLINE_UNDERAGE = "decline_underage", "Below the minimum age"
    DECLINE_UNSUPPORTED = "decline_unsupported", "Document is not accepted here"
    RESUBMIT_PICTURE = "resubmit_picture", "Picture cannot be read"
    RESUBMIT_WRONG_SIDE = "resubmit_wrong_side", "Wrong side or wrong document"
    RESUBMIT_EXPIRED = "resubmit_expired", "Document has expired"
    RESUBMIT_SELFIE = "resubmit_selfie", "Face or liveness must be repeated"

    @classmethod
    def of_decision(cls, decision: str) -> list[tuple[str, str]]:
        """Return the reasons meant for `approve`, `decline` or `resubmit`, as choices."""
        return [(code, label) for code, label in cls.choices if code.startswith(f"{decision}_")]
