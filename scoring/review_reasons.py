"""Why a person released, refused or labelled a transaction: codes for history, words for forms."""

from __future__ import annotations

from django.db import models


class ReviewReason(models.TextChoices):
    """The first word of a code says for which act it is meant."""

    RELEASE_CONFIRMED = "release_customer_confirmed", "The customer confirmed it"
    RELEASE_USUAL = "release_usual_for_customer", "Usual for this customer"
    RELEASE_FALSE_ALARM = "release_false_alarm", "A false alarm of a rule or the model"
    REFUSE_FRAUD = "refuse_fraud", "Fraud"
    REFUSE_DENIED = "refuse_customer_denied", "The customer says it is not theirs"
    REFUSE_UNREACHABLE = "refuse_customer_unreachable", "The customer could not be reached"
    REFUSE_POLICY = "refuse_not_allowed", "Not allowed here"
    FRAUD_TAKEOVER = "fraud_account_takeover", "Somebody else used the account"
    FRAUD_CARD = "fraud_card_stolen", "Card or its data stolen"
    FRAUD_SCAM = "fraud_customer_deceived", "The customer was deceived into paying"
    FRAUD_MULE = "fraud_mule", "Money passed on for somebody else"
    FRAUD_OWN = "fraud_by_customer", "Fraud by the customer"
    HONEST_CONFIRMED = "honest_customer_confirmed", "The customer confirmed it"
    HONEST_CHECKED = "honest_checked", "Checked and found in order"

    @classmethod
    def of_act(cls, act: str) -> list[tuple[str, str]]:
        """Return code and words of the reasons for "release", "refuse", "fraud" or "honest".

        Examples
        --------
        >>> ReviewReason.of_act("honest")[0]
        ('honest_customer_confirmed', 'The customer confirmed it')
        """
        return [
            (reason.value, str(reason.label))
            for reason in cls
            if reason.value.startswith(f"{act}_")
        ]
