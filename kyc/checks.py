"""System checks of the onboarding: wrong configuration stops the start with a hint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from kyc.decision.rules import DEFAULT_EFFECTS, Effect
from kyc.screening.customer_risk import RiskLevel
from kyc.services.policy import changed_effects

SCREENING = "screening.watchlists"
OCR_ENGINES = ("pytesseract", "tesserocr")
# Those of kyc.vision.faces.engines, which takes a quarter of a second to import.
FACE_ENGINES = ("dlib", "sface", "facenet512", "arcface")


@register(Tags.security, deploy=True)
def check_virtual_cameras(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """No camera that the list of virtual cameras refuses may be permitted on a live site."""
    if not settings.PERMITTED_VIRTUAL_CAMERAS:
        return []
    return [
        Error(
            "PERMITTED_VIRTUAL_CAMERAS is set.",
            hint="Only the test settings may permit a virtual camera; remove it.",
            id="kyc.E001",
        )
    ]


@register(deploy=True)
def check_specimen_states(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Warn when documents of a state that does not exist are accepted."""
    if not settings.EXTRA_ISSUING_STATES:
        return []
    return [
        Warning(
            f"Documents of {', '.join(settings.EXTRA_ISSUING_STATES)} are accepted.",
            hint="EXTRA_ISSUING_STATES is for specimens; leave it empty on a live site.",
            id="kyc.W001",
        )
    ]


@register()
def check_attempts(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """A customer needs at least one attempt."""
    if settings.MAX_ATTEMPTS >= 1:
        return []
    return [Error("MAX_ATTEMPTS is below 1.", hint="Set it to 3, say.", id="kyc.E002")]


@register()
def check_ocr_engine(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Only an engine that there is may be chosen."""
    if settings.DOCUMENT_OCR_ENGINE in OCR_ENGINES:
        return []
    hint = f"Choose {' or '.join(OCR_ENGINES)}."
    message = f"There is no engine {settings.DOCUMENT_OCR_ENGINE!r} to read documents."
    return [Error(message, hint=hint, id="kyc.E005")]


@register()
def check_face_engine(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Only an engine that there is may be chosen; whether it can be used, /readyz says."""
    if settings.FACE_ENGINE in FACE_ENGINES:
        return []
    hint = f"Choose {', '.join(FACE_ENGINES[:-1])} or {FACE_ENGINES[-1]}."
    message = f"There is no engine {settings.FACE_ENGINE!r} to compare faces."
    return [Error(message, hint=hint, id="kyc.E006")]


@register()
def check_risk_countries(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Only a level that there is may be given to a country."""
    levels = [level.value for level in RiskLevel]
    wrong = sorted(code for code, level in settings.RISK_COUNTRIES.items() if level not in levels)
    if not wrong:
        return []
    hint = f"Levels: {', '.join(levels)}."
    return [Error(f"RISK_COUNTRIES names no level for {wrong[0]}.", hint=hint, id="kyc.E004")]


@register()
def check_policy_effects(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Only checks that there are may be given an effect, and only an effect that there is."""
    try:
        changed_effects(settings.POLICY_EFFECTS)
    except ValueError as error:
        hint = f"Checks: {', '.join(DEFAULT_EFFECTS)}. Effects: {', '.join(Effect)}."
        return [Error(f"POLICY_EFFECTS: {error}", hint=hint, id="kyc.E003")]
    return []


@register()
def check_screening_effect(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """A hit on a watchlist is for a person; where screening is required it is not passed over."""
    effect = settings.POLICY_EFFECTS.get(SCREENING)
    if effect in (Effect.RESUBMIT, Effect.DECLINE):
        message = f"POLICY_EFFECTS has {effect} for a hit on a watchlist, which is for a person."
        hint = f"Choose review or none for {SCREENING}."
    elif effect == Effect.NONE and settings.SCREENING_REQUIRED:
        message = "POLICY_EFFECTS passes over the screening that SCREENING_REQUIRED requires."
        hint = f"Leave {SCREENING} out of POLICY_EFFECTS, or set SCREENING_REQUIRED to false."
    else:
        return []
    return [Error(message, hint=hint, id="kyc.E007")]
