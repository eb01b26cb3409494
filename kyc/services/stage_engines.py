"""From stored captures through the vision engines to findings: one function a stage."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import cv2
from django.conf import settings

from kyc.choices import CaptureKind, CaptureSource, StageState
from kyc.models import Capture, Verification
from kyc.services import screening
from kyc.services.captures import (
    DOCUMENT_KINDS,
    camera_label,
    capture_bytes,
    current_capture,
    current_pixels,
)
from kyc.services.consents import has_biometric_consent
from kyc.services.derived_captures import derived_keep
from kyc.services.duplicates import find_duplicates
from kyc.services.face_engine import face_engine
from kyc.services.face_templates import template_keep
from kyc.services.stage_findings import StageFindings
from kyc.vision.faces.match import compare_faces
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.liveness.engines import available_engines
from kyc.vision.liveness.judge import LivenessReport, check_liveness_video
from kyc.vision.liveness.key_frames import contact_sheet
from kyc.vision.liveness.policy import VIRTUAL_CAMERA_NAMES, LivenessPolicy
from kyc.vision.quality import assess_quality
from kyc.vision.video import BROWSER_LIMITS, VideoRefused

DONE = StageState.DONE


def assess_pictures(verification: Verification) -> StageFindings:
    """Measure each picture of the document and a still selfie, if there is one."""
    pictures = {}
    for kind in (*DOCUMENT_KINDS, CaptureKind.SELFIE_STILL):
        pixels = current_pixels(verification, kind)
        if pixels is None:
            continue
        report = assess_quality(pixels, kind="document" if kind in DOCUMENT_KINDS else "face")
        pictures[kind.value] = asdict(report)
    return StageFindings(
        DONE, {"pictures": pictures}, engine="opencv", engine_version=cv2.__version__
    )


def judge_video(verification: Verification) -> StageFindings:
    """Judge the challenge video, and keep its best frontal frame as the selfie."""
    if not has_biometric_consent(verification.customer):
        return StageFindings.skipped("no_consent")
    video = current_capture(verification, CaptureKind.LIVENESS_VIDEO)
    if video is None:
        return StageFindings.skipped("still_only")
    # A video kept from an earlier attempt is still the answer to its own challenge.
    challenge = parse_challenge(video.challenge.actions)
    try:
        report = check_liveness_video(
            capture_bytes(video),
            challenge,
            policy=liveness_policy(),
            limits=BROWSER_LIMITS,
            camera_label=camera_label(video),
            engines=available_engines(),
        )
    except VideoRefused as refused:
        return StageFindings.failed(refused.code)
    derived_keep(
        verification,
        {
            CaptureKind.SELFIE_FRAME: report.selfie_pixels,
            CaptureKind.LIVENESS_FRAMES: contact_sheet(report.key_frames),
        },
    )
    findings = _report_json(report)
    findings["signals"].append(_camera_signal(video))
    return StageFindings(DONE, findings, engine=report.engine, engine_version=report.engine_version)


def match_faces(verification: Verification) -> StageFindings:
    """Compare the selfie with the portrait on the document's front."""
    if not has_biometric_consent(verification.customer):
        return StageFindings.skipped("no_consent")
    front = current_pixels(verification, CaptureKind.DOCUMENT_FRONT)
    selfie = current_pixels(verification, CaptureKind.SELFIE_FRAME)
    if selfie is None:
        selfie = current_pixels(verification, CaptureKind.SELFIE_STILL)
    if front is None or selfie is None:
        return StageFindings.failed("no_picture")
    compared = compare_faces(front, selfie, engine=face_engine())
    if compared.selfie_embedding is not None:
        template_keep(
            verification,
            compared.selfie_embedding,
            engine=compared.engine,
            engine_version=compared.engine_version,
        )
    findings = {
        "outcome": compared.outcome,
        "distance": compared.distance,
        "threshold": compared.threshold,
        "false_match_rate": compared.false_match_rate,
        "meaning": compared.meaning,
    }
    return StageFindings(
        DONE, findings, engine=compared.engine, engine_version=compared.engine_version
    )


def screen_customer(verification: Verification) -> StageFindings:
    """Search the watchlists for the person as declared and as read."""
    found = screening.screen(verification)
    if found is None:
        return StageFindings.skipped("not_configured")
    return StageFindings(
        DONE,
        found.to_json(),
        engine=screening.ENGINE,
        engine_version=screening.ENGINE_VERSION,
    )


def search_duplicates(verification: Verification) -> StageFindings:
    """Search face, document and devices among the other customers."""
    return StageFindings(DONE, find_duplicates(verification).to_json(), engine="duplicates")


def _camera_signal(video: Capture) -> dict[str, Any]:
    """Return whether the video names no camera: a browser that recorded it always does."""
    is_unnamed = video.source != CaptureSource.CAMERA or not camera_label(video)
    return {
        "code": "camera_unnamed",
        "kind": "fraud",
        "value": float(is_unnamed),
        "limit": 0.0,
        "is_raised": is_unnamed,
    }


def liveness_policy() -> LivenessPolicy:
    """Return the policy of this site: the shipped one, with the cameras the settings permit."""
    refused = (n for n in VIRTUAL_CAMERA_NAMES if n not in settings.PERMITTED_VIRTUAL_CAMERAS)
    return LivenessPolicy(virtual_camera_names=tuple(refused))


def _report_json(report: LivenessReport) -> dict[str, Any]:
    return {
        "outcome": report.outcome,
        "actions": [asdict(action) for action in report.actions],
        "signals": [asdict(signal) for signal in report.signals],
        "passive": asdict(report.passive),
        "frames_with_one_face": report.frames_with_one_face,
        "frames_total": report.frames_total,
    }
