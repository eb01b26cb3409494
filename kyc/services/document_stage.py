"""Everything that is read from a document's pictures: its zone, its bar codes, its parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from kyc.choices import CaptureKind, StageState
from kyc.decision.agreement import COMPARED, compare_exact
from kyc.decision.evidence import FieldMatch
from kyc.models import Verification
from kyc.services.captures import current_pixels
from kyc.services.derived_captures import derived_keep
from kyc.services.document_readings import licence_facts
from kyc.services.stage_findings import StageFindings
from kyc.vision.barcodes.aamva import AamvaLicence, AamvaMalformed, parse_aamva
from kyc.vision.barcodes.read import Barcode, read_barcodes
from kyc.vision.cards.crops import Crop, DocumentCrops, crop_document
from kyc.vision.documents import DocumentReading, MrzReading, read_document
from kyc.vision.images import Pixels
from kyc.vision.mrz.ocr import engine_named
from kyc.vision.tesseract import OcrFailed
from kyc.vision.visual_zone.ocr import word_engine
from kyc.vision.visual_zone.read import read_visual_zone

logger = structlog.get_logger(__name__)


def read_documents(verification: Verification) -> StageFindings:
    """Read both sides of the document, and keep what was cut out of them."""
    front = current_pixels(verification, CaptureKind.DOCUMENT_FRONT)
    if front is None:
        return StageFindings.failed("no_picture")
    back = current_pixels(verification, CaptureKind.DOCUMENT_BACK)
    today = timezone.now().date()
    reading = read_document(
        front, back, today=today, engine=engine_named(settings.DOCUMENT_OCR_ENGINE)
    )
    crops = crop_document(front)
    _keep_parts(verification, crops, back)
    findings = {
        **_reading_json(reading),
        **_barcodes_json(side for side in (back, front) if side is not None),
        "visual": _print_json(crops, today),
        "places": _places_json(front, crops),
    }
    return StageFindings(
        StageState.DONE, findings, engine=reading.engine, engine_version=reading.engine_version
    )


def _print_json(crops: DocumentCrops, today: date) -> dict[str, Any] | None:
    """What is printed for people; None where its engine failed, for the zone is read by then."""
    try:
        words = word_engine(settings.DOCUMENT_OCR_ENGINE)
        return read_visual_zone(crops, today=today, engine=words).to_json()
    except OcrFailed as error:
        logger.error("print_not_read", error_type=type(error).__name__)
        return None


def _keep_parts(verification: Verification, crops: DocumentCrops, back: Pixels | None) -> None:
    zone = crops.zone
    if zone is None and back is not None:
        zone = crop_document(back).zone
    derived_keep(
        verification,
        {
            CaptureKind.DOCUMENT_CARD: None if crops.card.is_whole_picture else crops.card.pixels,
            CaptureKind.DOCUMENT_PORTRAIT: _pixels(crops.portrait),
            CaptureKind.DOCUMENT_MRZ: _pixels(zone),
        },
    )


def _pixels(crop: Crop | None) -> Pixels | None:
    return None if crop is None else crop.pixels


def _places_json(front: Pixels, crops: DocumentCrops) -> dict[str, Any]:
    """Where the parts lie on the front's picture, in its pixels, for marks upon it."""
    found = {"portrait": crops.portrait, "zone": crops.zone}
    places = {name: crop.corners for name, crop in found.items() if crop is not None}
    if not crops.card.is_whole_picture:
        places["card"] = crops.card.corners
    height, width = front.shape[:2]
    shapes = {name: [list(corner) for corner in corners] for name, corners in places.items()}
    return {"width": width, "height": height, "shapes": shapes}


def _reading_json(reading: DocumentReading) -> dict[str, Any]:
    mrz = _mrz_json(reading.mrz) if reading.mrz is not None else None
    return {"outcome": reading.outcome, "side": reading.side, "mrz": mrz}


def _mrz_json(mrz: MrzReading) -> dict[str, Any]:
    return {
        "format": mrz.format,
        "lines": list(mrz.lines),
        "fields": _with_dates(asdict(mrz.fields)),
        "invalid_check_digits": [d.name for d in mrz.check_digits if not d.is_valid],
        "repairs": [asdict(repair) for repair in mrz.repairs],
        "repaired_characters": len(mrz.repairs),
        "is_accepted": mrz.is_accepted,
        "refusal_reason": mrz.refusal_reason,
        "confidence": mrz.confidence,
    }


def _barcodes_json(sides: Iterable[Pixels]) -> dict[str, Any]:
    """What the bar codes say: a licence's fields, and the text of the others."""
    codes = [code for pixels in sides for code in read_barcodes(pixels)]
    licences = [_licence_json(found) for found in map(_licence, codes) if found is not None]
    return {
        "barcodes": [{"kind": code.kind, "text": code.text} for code in codes],
        "licence": licences[0] if licences else None,
        "licences_differ_in": _differing(licences),
    }


def _differing(licences: Sequence[dict[str, Any]]) -> list[str]:
    """The fields of which a further licence says something else than the first one.

    Cards with several symbols repeat the same person; another one's was put beside it.
    """
    facts = [licence_facts(licence) for licence in licences]
    compared = [compare_exact(facts[0], other) for other in facts[1:]]
    return [
        name for name in COMPARED if any(states[name] is FieldMatch.CONFLICT for states in compared)
    ]


def _licence(code: Barcode) -> AamvaLicence | None:
    if code.kind != "pdf417":
        return None
    try:
        return parse_aamva(code.data)
    except AamvaMalformed:
        # Other cards carry other things in the same kind of symbol; its text is kept.
        return None


LICENCE_FIELDS = (
    "document_number",
    "birth_date",
    "issue_date",
    "expiry_date",
    "sex",
    "jurisdiction",
)


def _licence_json(licence: AamvaLicence) -> dict[str, Any]:
    """The fields under the names that a zone's have; the elements behind them are not kept."""
    found = licence.to_json()
    return {
        "version": licence.version,
        "kind": licence.kind,
        "fields": {
            **{name: found[name] for name in LICENCE_FIELDS},
            "surname": licence.name.surname,
            "given_names": licence.name.given_names,
            "name_is_truncated": licence.name.is_truncated,
            "issuing_state": licence.country,
        },
        "missing": found["missing"],
        "impossible": found["impossible"],
    }


def _with_dates(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }
