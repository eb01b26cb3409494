"""Checks on the person: consent, being there, having the document's face."""

from __future__ import annotations

from kyc.decision.checks import Check, CheckGroup, CheckKind, CheckState
from kyc.decision.document_checks import is_legible, is_weak
from kyc.decision.evidence import Evidence, StageOutcome
from kyc.decision.rules import Draft, Rules

VIDEO = "liveness_video"
NO_CONSENT = "No consent to biometrics was given."


def consent_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the check that biometrics may be processed at all."""
    check = rules.check("consent.biometrics", "Consent to biometrics", CheckKind.BEHAVIOUR)
    if evidence.has_biometric_consent:
        leaf = check.clear("Consent was given.")
    else:
        leaf = check.skipped("Consent was refused: a person compares the faces.")
    return CheckGroup("consent", "Consent", (leaf,))


def liveness_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the checks that a living person was before the camera."""
    return CheckGroup(
        "liveness",
        "Liveness",
        (active(evidence, rules), integrity(evidence, rules), passive(rules)),
    )


def active(evidence: Evidence, rules: Rules) -> Check:
    """Whether the challenge was followed."""
    check = rules.check("liveness.active", "Followed the challenge", CheckKind.BEHAVIOUR)
    liveness = evidence.liveness
    if not evidence.has_biometric_consent:
        return check.skipped(NO_CONSENT)
    if liveness.is_still_only:
        return check.skipped("No camera: a single photo was given instead.", liveness.run)
    if liveness.run.outcome is not StageOutcome.DONE:
        return check.not_looked(liveness.run, redo=(VIDEO,))
    seen, asked = float(liveness.actions_seen), float(liveness.actions_asked)
    words = f"{liveness.actions_seen} of {liveness.actions_asked} actions were seen in order."
    if liveness.outcome == "live":
        return check.clear(words, liveness.run, score=seen, limit=asked)
    if liveness.outcome == "not_live":
        return check.skipped("Not judged: see the integrity of the video.", liveness.run)
    return check.raised(
        CheckState.UNPROCESSABLE,
        words,
        liveness.run,
        hint="We could not follow your movements. Please record them again: face the camera in "
        "good light, alone, and do one movement after the other.",
        redo=(VIDEO,),
        score=seen,
        limit=asked,
    )


def integrity(evidence: Evidence, rules: Rules) -> Check:
    """Whether the video looks like one taken by this camera of a head, not of a picture."""
    check = rules.check("liveness.integrity", "Video is genuine", CheckKind.FRAUD)
    liveness = evidence.liveness
    if not evidence.has_biometric_consent:
        return check.skipped(NO_CONSENT)
    if liveness.is_still_only or liveness.run.outcome is not StageOutcome.DONE:
        return check.skipped("There is no video to judge.", liveness.run)
    raised = [signal for signal in liveness.signals if signal.is_raised and signal.kind == "fraud"]
    if not raised and liveness.outcome != "not_live":
        return check.clear("No sign of a picture, a replay or a virtual camera.", liveness.run)
    found = ", ".join(signal.code for signal in raised) or "not live"
    first = raised[0] if raised else None
    return check.raised(
        CheckState.CONSIDER,
        f"Found: {found}.",
        liveness.run,
        score=first.value if first else None,
        limit=first.limit if first else None,
    )


def passive(rules: Rules) -> Check:
    """Whether a trained model sees a print or a screen; none ships with the product."""
    check = rules.check(
        "liveness.passive", "Passive anti-spoofing", CheckKind.FRAUD, is_required=False
    )
    return check.skipped("Not configured: no anti-spoofing model is installed.")


def face_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the check that the selfie shows the document's holder."""
    check = rules.check("face.match", "Face is the document's", CheckKind.FRAUD)
    return CheckGroup("face", "Face", (_face_match(check, evidence),))


def _face_match(check: Draft, evidence: Evidence) -> Check:
    face = evidence.face
    if not evidence.has_biometric_consent:
        return check.skipped(NO_CONSENT)
    if face.run.outcome is not StageOutcome.DONE:
        return check.not_looked(face.run)
    if face.outcome in NO_FACE:
        sentence, hint, redo = NO_FACE[face.outcome]
        return check.of_kind(CheckKind.BEHAVIOUR).raised(
            CheckState.UNPROCESSABLE, sentence, face.run, hint=hint, redo=redo
        )
    if face.outcome == "match":
        meaning = f"False-match rate at this limit: {face.false_match_rate}."
        return check.clear(
            f"Same person. {meaning}", face.run, score=face.distance, limit=face.threshold
        )
    if is_weak(evidence) and not is_legible(evidence):
        # A portrait that nobody could make out says nothing about the person.
        return check.of_kind(CheckKind.BEHAVIOUR).raised(
            CheckState.UNPROCESSABLE,
            "The document's picture is too weak to compare.",
            face.run,
            redo=("document_front",),
            score=face.distance,
            limit=face.threshold,
        )
    words = "Faces could be the same." if face.outcome == "unclear" else "Faces differ."
    return check.raised(
        CheckState.CONSIDER, words, face.run, score=face.distance, limit=face.threshold
    )


NO_FACE = {
    "no_face_document": (
        "No face was found on the document.",
        "We could not see the photo on your document. Please photograph it again, sharp.",
        ("document_front",),
    ),
    "no_face_selfie": (
        "No usable face was found in the video.",
        "We could not see your face well. Please record again in good light.",
        (VIDEO,),
    ),
    "several_faces_selfie": (
        "More than one face was seen.",
        "There was somebody else in the picture. Please record again, alone.",
        (VIDEO,),
    ),
}
