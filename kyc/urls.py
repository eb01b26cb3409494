"""Addresses of the onboarding. No id of a person or verification appears in any of them."""

from __future__ import annotations

from django.urls import path, re_path

from kyc.views import captures, consents, outcome, questions, sightings

app_name = "kyc"
urlpatterns = [
    path("verify/", questions.overview, name="overview"),
    path("verify/consent/", questions.consent, name="consent"),
    path("verify/consent/withdraw/", consents.withdraw, name="consent_withdraw"),
    path("verify/details/", questions.details, name="details"),
    path("verify/document/", questions.document, name="document"),
    re_path(r"^verify/capture/(?P<side>front|back)/$", captures.capture, name="capture"),
    path("verify/captures/<uuid:capture_id>/", captures.own_capture, name="own_capture"),
    path("verify/liveness/", captures.liveness, name="liveness"),
    path("verify/liveness/renew/", captures.liveness_renew, name="liveness_renew"),
    path("verify/submit/", questions.submit, name="submit"),
    path("verify/progress/", outcome.progress, name="progress"),
    path("verify/result/", outcome.result, name="result"),
    path("verify/retry/", outcome.retry, name="retry"),
    path("verify/human-review/", outcome.human_review, name="human_review"),
    path("device/", sightings.device_sighting, name="device_sighting"),
]
