"""Checks on the person: consent, being there, having the document's face."""

from __future__ import annotations

from dataclasses import replace

from kyc.decision.checks import Check, CheckGroup, CheckKind, CheckState
from kyc.decision.document_checks import is_legible, is_weak
from kyc.decision.evidence import Evidence, FaceEvidence, StageOutcome
from kyc.decision.face_words import FACE_DOUBTS, FACE_WORDS
from kyc.decision.rules import Draft, Rules

VIDEO = "liveness_video"
NO_CONSENT = "No consent to biometrics was given."
NOT_FOLLOWED = (
    "We could not follow your movements. Please record them again: face the camera in good light, "
    "alone, and do one movement after the other."
)
NOT_CLEAR = (
    "Parts of the recording were unclear or missing. Please record again in good light, hold the "
    "phone still, and close other apps."
)


def consent_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the check that biometrics may be processed at all."""
    check = rules.check("consent.biometrics", "Consent to biometrics", CheckKind.BEHAVIOUR)
    if evidence.has_biometric_consent:
        leaf = check.clear("Consent was given.")
    else:
        leaf = check.skipped("There is no consent: a person compares the faces.")
    return CheckGroup("consent", "Consent", (leaf,))


def liveness_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the checks that a living person was before the camera."""
    return CheckGroup(
        "liveness",
        "Liveness",
        (active(evidence, rules), integrity(evidence, rules), passive(evidence, rules)),
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
    hint = NOT_FOLLOWED
    if any(one.code == "identity_unclear" and one.is_raised for one in liveness.signals):
        words += " Who is seen cannot always be told: the face is unclear, or the video broken up."
        hint = NOT_CLEAR if seen == asked else NOT_FOLLOWED
    return check.raised(
        CheckState.UNPROCESSABLE,
        words,
        liveness.run,
        hint=hint,
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


NO_PASSIVE = {
    "no_weights": "Not configured: no anti-spoofing model is installed.",
    "no_face": "No frame shows a face to judge.",
}


def passive(evidence: Evidence, rules: Rules) -> Check:
    """Whether a trained model sees a print or a screen; skipped where none is installed."""
    check = rules.check(
        "liveness.passive",
        "Passive anti-spoofing",
        CheckKind.FRAUD,
        is_required=rules.needs_passive_liveness,
    )
    liveness, seen = evidence.liveness, evidence.liveness.passive
    if not evidence.has_biometric_consent:
        return check.skipped(NO_CONSENT)
    if seen is None:
        return check.skipped("There is no video to judge.", liveness.run)
    if seen.is_spoof is None:
        return check.skipped(NO_PASSIVE.get(seen.reason, "Not judged."), liveness.run)
    run = replace(liveness.run, engine=seen.engine)
    if seen.is_spoof:
        return check.raised(
            CheckState.CONSIDER,
            "The face looks printed or shown on a screen.",
            run,
            score=seen.score,
            limit=seen.limit,
        )
    return check.clear(
        "No frame looks printed or shown on a screen.", run, score=seen.score, limit=seen.limit
    )


def face_group(evidence: Evidence, rules: Rules) -> CheckGroup:
    """Return the check that the selfie shows the document's holder."""
    check = rules.check("face.match", "Face is the document's", CheckKind.FRAUD)
    return CheckGroup("face", "Face", (_face_match(check, evidence, rules.certain_face_share),))


def _face_match(check: Draft, evidence: Evidence, certain_share: float) -> Check:
    face = evidence.face
    if not evidence.has_biometric_consent:
        return check.skipped(NO_CONSENT)
    if face.run.outcome is not StageOutcome.DONE:
        return check.not_looked(face.run)
    if face.outcome in FACE_WORDS:
        words = FACE_WORDS[face.outcome]
        return check.of_kind(CheckKind.BEHAVIOUR).raised(
            CheckState.UNPROCESSABLE, words.sentence, face.run, hint=words.hint, redo=words.redo
        )
    if face.outcome == "match" and is_certain(face, certain_share):
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
    return check.raised(
        CheckState.CONSIDER,
        FACE_DOUBTS.get(face.outcome, "Faces differ."),
        face.run,
        score=face.distance,
        limit=face.threshold,
    )


def is_certain(face: FaceEvidence, certain_share: float) -> bool:
    """Whether a match is so near that nobody has to look."""
    if face.distance is None or face.threshold is None:
        return False
    return face.distance <= certain_share * face.threshold
