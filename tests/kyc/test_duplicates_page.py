"""What a reviewer sees of other customers."""

from __future__ import annotations

import uuid

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from fraudsite.core.services.data_keys import data_key_destroy
from kyc.admin.duplicates import duplicates_context
from kyc.choices import Stage, StageState
from kyc.decision.duplicates import (
    DeviceSearch,
    DocumentHit,
    DocumentSearch,
    DuplicateFindings,
    FaceHit,
    FaceSearch,
    FaceSearchOutcome,
    Sign,
)
from kyc.models import Verification
from kyc.services.stage_findings import StageFindings
from kyc.services.stage_results import result_store
from tests.kyc.duplicates import TESTS, customer_make

pytestmark = pytest.mark.django_db


def keep(verification: Verification, found: DuplicateFindings) -> None:
    stored = StageFindings(StageState.DONE, found.to_json())
    result_store(verification, Stage.DUPLICATES, stored, 3)


def alike(*others: Verification, signs: tuple[Sign, ...] = ()) -> DuplicateFindings:
    """Return findings in which each of the others is found by everything."""
    keys = [(str(other.customer_id), str(other.pk)) for other in others]
    return DuplicateFindings(
        FaceSearch(
            FaceSearchOutcome.SEARCHED,
            searched=9,
            hit_distance=0.5,
            strict_distance=0.4,
            meaning="Made for one in 1000.",
            hits=tuple(FaceHit(*key, 0.45, is_strict=False, signs=signs) for key in keys),
        ),
        DocumentSearch(
            has_number=True,
            has_picture=True,
            same_number=tuple(DocumentHit(*key) for key in keys),
            same_picture=tuple(DocumentHit(*key, bits=7) for key in keys),
        ),
        DeviceSearch(1, tuple(customer for customer, _ in keys), len(keys) + 2, 4),
    )


def page(verification: Verification) -> str:
    return render_to_string(
        "admin/kyc/verification/includes/duplicates.html",
        {"duplicates": duplicates_context(verification)},
    )


def test_each_customer_is_named_by_a_handle_that_leads_to_their_page() -> None:
    mine, other = customer_make(), customer_make()
    keep(mine, alike(other, signs=(Sign.NAME, Sign.DEVICE)))

    shown = page(mine)

    address = reverse("admin:kyc_verification_change", args=[other.pk])
    assert shown.count(f'<a href="{address}">{other.customer.reference}</a>') == 4
    assert "and name, device" in " ".join(shown.split())
    assert "0.450 of 0.500" in shown
    assert "7 of 256 bits differ" in shown
    assert "and 2 more" in shown
    assert "Made for one in 1000." in shown


def test_a_face_alone_is_marked_as_information_and_with_a_second_sign_to_look_at() -> None:
    alone, seconded, other = customer_make(), customer_make(), customer_make()
    keep(alone, alike(other))
    keep(seconded, alike(other, signs=(Sign.NAME,)))

    assert duplicates_context(alone)["faces"][0]["is_serious"] is False
    assert "for information" in page(alone)
    assert duplicates_context(seconded)["faces"][0]["is_serious"] is True
    assert "for information" not in page(seconded)


def test_customers_erased_since_are_left_out() -> None:
    mine, erased = customer_make(), customer_make()
    found = alike(erased)
    keep(mine, found)
    data_key_destroy(data_key=erased.customer.data_key, actor=TESTS)

    shown = page(mine)

    assert erased.customer.reference not in shown
    assert str(erased.pk) not in shown
    assert "Nobody was found." in shown


def test_what_was_not_searched_is_said_and_not_taken_for_not_found() -> None:
    mine = customer_make()
    keep(mine, DuplicateFindings(FaceSearch(FaceSearchOutcome.NO_CONSENT, unsearched=3)))

    assert duplicates_context(mine)["notes"] == [
        "The face was not searched: there is no consent.",
        "Faces that another engine described, not searched: 3.",
        "The document number was not searched: none was read for certain.",
        "The photograph was not searched: it shows too little.",
    ]
    assert "there is no consent" in page(mine)


def test_nothing_is_shown_where_nobody_searched() -> None:
    never, failed = customer_make(), customer_make()
    result_store(failed, Stage.DUPLICATES, StageFindings.failed("engine_error"), 3)

    assert duplicates_context(never) is None
    assert duplicates_context(failed) is None
    assert page(never).strip() == ""


def test_the_number_of_queries_does_not_grow_with_the_customers(
    django_assert_num_queries: object,
) -> None:
    few, many = customer_make(), customer_make()
    keep(few, alike(customer_make()))
    keep(many, alike(*(customer_make() for _ in range(5))))

    for verification in (few, many):
        fresh = Verification.objects.select_related("customer__data_key").get(pk=verification.pk)
        with django_assert_num_queries(3):  # type: ignore[operator]  # a fixture of pytest-django
            duplicates_context(fresh)


def test_a_customer_who_is_not_there_at_all_is_left_out() -> None:
    mine, gone = customer_make(), customer_make()
    gone.pk, gone.customer_id = uuid.uuid4(), uuid.uuid4()
    keep(mine, alike(gone))

    assert duplicates_context(mine)["faces"] == []
