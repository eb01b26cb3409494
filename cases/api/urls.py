"""Addresses of the API's first version that are about cases."""

from __future__ import annotations

from django.urls import path

from cases.api.cases import CaseApi, CasesApi
from cases.api.commands import CaseClaimApi, CaseCommentsApi, CaseDecisionsApi
from cases.api.events import EventsApi

app_name = "cases_api"
urlpatterns = [
    path("cases/", CasesApi.as_view(), name="cases"),
    path("cases/<uuid:case_id>/", CaseApi.as_view(), name="case"),
    path("cases/<uuid:case_id>/claim/", CaseClaimApi.as_view(), name="claim"),
    path("cases/<uuid:case_id>/comments/", CaseCommentsApi.as_view(), name="comments"),
    path("cases/<uuid:case_id>/decisions/", CaseDecisionsApi.as_view(), name="decisions"),
    path("events/", EventsApi.as_view(), name="events"),
]
