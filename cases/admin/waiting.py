"""What of a case still waits to be settled, with the state in which the page showed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cases.models import Alert
from fraudsite.core.models import StatusChange
from kyc.choices import AnalystReason, VerificationStatus
from kyc.models import Verification
from scoring.admin.transaction_page import money_of
from scoring.review_reasons import ReviewReason
from transactions.choices import TransactionStatus
from transactions.models import Label, Transaction

Choices = list[tuple[str, str]]
VERIFICATION_ACTS = (
    ("approve", "Approve"),
    ("decline", "Decline"),
    ("resubmit", "Ask to resubmit"),
)
PAYMENT_ACTS = (("release", "Release"), ("refuse", "Refuse"))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A verification in review or a held payment, and what can be done with it.

    Attributes
    ----------
    seen : str
        The token by which its own service notices that it moved on.
    acts : tuple
        The words of each act with its reasons; a value is "act:reason".
    """

    kind: str
    key: str
    title: str
    seen: str
    acts: tuple[tuple[str, Choices], ...]

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"{self.kind}-{self.key}"

    @property
    def seen_field(self) -> str:
        """The name of the field that carries the state it was seen in."""
        return f"{self.field}-seen"


def waiting_of(alerts: Iterable[Alert]) -> list[Waiting]:
    """Return what waits in alerts, each thing once; two queries however many there are."""
    unsettled = [alert for alert in alerts if not alert.is_settled]
    verifications = {one.pk: one for alert in unsettled if (one := alert.verification)}
    payments = {row.pk: row for alert in unsettled if (row := alert.transaction)}
    return [
        *_verifications([one for one in verifications.values() if _is_in_review(one)]),
        *_payments([row for row in payments.values() if row.status == TransactionStatus.HELD]),
    ]


def _is_in_review(verification: Verification) -> bool:
    return verification.status == VerificationStatus.IN_REVIEW


def _verifications(rows: Sequence[Verification]) -> list[Waiting]:
    moves = _newest_moves(rows)
    return [
        Waiting(
            "verification",
            str(row.pk),
            f"Verification {row.reference}",
            # As `kyc.services.verifications.verification_state` writes it for one.
            f"{row.status}:{row.attempt}:{moves.get(str(row.pk), 0)}",
            _offered(VERIFICATION_ACTS, AnalystReason.of_decision),
        )
        for row in rows
    ]


def _payments(rows: Sequence[Transaction]) -> list[Waiting]:
    labels = _current_labels(rows)
    return [
        Waiting(
            "payment",
            str(row.pk),
            f"Payment {row.reference}, {money_of(row)}",
            # As `scoring.services.reviews.review_state` writes it for one.
            f"{row.status}:{labels.get(row.pk, 0)}",
            _offered(PAYMENT_ACTS, ReviewReason.of_act),
        )
        for row in rows
    ]


def _newest_moves(rows: Sequence[Verification]) -> dict[str, int]:
    moves = StatusChange.objects.filter(
        target_type="kyc.verification", target_id__in=[str(row.pk) for row in rows]
    )
    return dict(moves.order_by("id").values_list("target_id", "id"))


def _current_labels(rows: Sequence[Transaction]) -> dict[object, int]:
    said = Label.objects.filter(transaction__in=[row.pk for row in rows])
    return dict(said.order_by("known_at", "id").values_list("transaction_id", "id"))


def _offered(
    acts: Iterable[tuple[str, str]], reasons_of: Callable[[str], Choices]
) -> tuple[tuple[str, Choices], ...]:
    return tuple(
        (words, [(f"{act}:{code}", f"{words}: {reason}") for code, reason in reasons_of(act)])
        for act, words in acts
    )
