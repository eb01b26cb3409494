"""Why a case was decided as it was: codes for history and labels, words for forms."""

from __future__ import annotations

from django.db import models

from cases.choices import DecisionLabel

PREFIX_OF = {
    DecisionLabel.CONFIRMED_FRAUD: "fraud_",
    DecisionLabel.FALSE_POSITIVE: "honest_",
    DecisionLabel.VALUABLE_ALERT: "valuable_",
    DecisionLabel.INCONCLUSIVE: "inconclusive_",
}
# What training reads: a valuable alert was right to ask about and is no fraud all the same.
IS_FRAUD = {
    DecisionLabel.CONFIRMED_FRAUD: True,
    DecisionLabel.FALSE_POSITIVE: False,
    DecisionLabel.VALUABLE_ALERT: False,
}


class DecisionReason(models.TextChoices):
    """The first word of a code says for which label it is meant; at most nine of each."""

    FRAUD_TAKEOVER = "fraud_account_takeover", "Somebody else used the account"
    FRAUD_CARD = "fraud_card_stolen", "Card or its data stolen"
    FRAUD_SCAM = "fraud_customer_deceived", "The customer was deceived into paying"
    FRAUD_MULE = "fraud_mule", "Money passed on for somebody else"
    FRAUD_OWN = "fraud_by_customer", "Fraud by the customer"
    FRAUD_FORGED = "fraud_forged_document", "Forged or altered document"
    FRAUD_IDENTITY = "fraud_false_identity", "Somebody else's or an invented identity"
    HONEST_CONFIRMED = "honest_customer_confirmed", "The customer confirmed it"
    HONEST_USUAL = "honest_usual_for_customer", "Usual for this customer"
    HONEST_CHECKED = "honest_checked", "Checked and found in order"
    HONEST_ENGINE = "honest_engine_mistaken", "A rule, model or engine was mistaken"
    VALUABLE_UNUSUAL = "valuable_unusual_explained", "Unusual, and explained"
    VALUABLE_PREVENTED = "valuable_harm_prevented", "Prevented harm or a mistake"
    VALUABLE_DETAILS = "valuable_details_corrected", "Led to corrected details"
    INCONCLUSIVE_UNREACHABLE = "inconclusive_customer_unreachable", "The customer was not reached"
    INCONCLUSIVE_EVIDENCE = "inconclusive_evidence_missing", "Evidence is missing"
    INCONCLUSIVE_ELSEWHERE = "inconclusive_settled_elsewhere", "Settled elsewhere"

    @classmethod
    def of_label(cls, label: str) -> list[tuple[str, str]]:
        """Return code and words of the reasons for a label, in the order of their digits.

        Examples
        --------
        >>> DecisionReason.of_label("inconclusive")[1]
        ('inconclusive_evidence_missing', 'Evidence is missing')
        """
        prefix = PREFIX_OF[DecisionLabel(label)]
        return [(code, str(words)) for code, words in cls.choices if code.startswith(prefix)]
