"""Customers on their way through the wizard, with pictures made on the spot."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from fraudsite.core.models import User
from kyc.choices import CaptureKind
from kyc.models import Verification
from kyc.services.captures import capture_key
from kyc.simulation.challenge_videos import to_webm
from kyc.simulation.choreography import Timing
from kyc.simulation.recordings import ChallengeVideo

DETAILS = {
    "given_names": "Carla Maria",
    "surname": "Núñez",
    "birth_date": "1990-01-02",
    "nationality": "UTO",
}


def jpeg(
    colour: tuple[int, int, int] = (180, 170, 160), size: tuple[int, int] = (900, 640)
) -> bytes:
    """Return a small, plain photograph."""
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, "JPEG")
    return buffer.getvalue()


@cache
def webm(length_s: int = 1) -> bytes:
    """Return a film; whether it shows life is for the worker."""
    frames = tuple(np.full((120, 160, 3), 60 + n, np.uint8) for n in range(12 * length_s))
    timing = Timing(fps=12, lead_s=length_s, tail_s=0, action_s=())
    return to_webm(ChallengeVideo(frames, timing, "live"))


class Traveller:
    """A signed-in customer and what they do next."""

    def __init__(self, client: Client, user: User) -> None:
        self.client = client
        self.user = user

    @property
    def verification(self) -> Verification:
        return Verification.objects.get(customer__user=self.user)

    def post(
        self, name: str, data: dict[str, Any] | None = None, *args: str, **extra: Any
    ) -> HttpResponse:
        return self.client.post(reverse(f"kyc:{name}", args=args), data or {}, **extra)

    def consents(self, choice: str = "grant") -> None:
        self.client.get(reverse("kyc:overview"))
        assert self.post("consent", {"choice": choice}).status_code == 302

    def reaches_capture(self, document_type: str = "passport", *, choice: str = "grant") -> None:
        self.consents(choice)
        assert self.post("details", DETAILS).status_code == 302
        chosen = {"document_type": document_type, "issuing_country": "UTO"}
        assert self.post("document", chosen).status_code == 302

    def uploads(
        self, data: bytes, side: str = "front", *, key: str | None = None, **extra: Any
    ) -> HttpResponse:
        kind = CaptureKind(f"document_{side}")
        form = {
            "image": SimpleUploadedFile("photo.jpg", data),
            "capture_key": capture_key(self.verification, kind) if key is None else key,
        }
        return self.post("capture", form, side, **extra)

    def sends_still(self, data: bytes) -> HttpResponse:
        form = {
            "image": SimpleUploadedFile("me.jpg", data),
            "capture_key": capture_key(self.verification, CaptureKind.SELFIE_STILL),
        }
        return self.post("liveness", form)

    def reaches_submit(self) -> None:
        self.reaches_capture()
        self.uploads(jpeg())
        self.sends_still(jpeg())


@pytest.fixture
def traveller(carla: User, as_user: Callable[[User], Client]) -> Traveller:
    return Traveller(as_user(carla), carla)
