"""How features of known outcomes and of the customer's identity are told."""

from __future__ import annotations

from scoring.ml.reasons.phrases import counted, deviations, flag, lasting, level, lines, part

_FRAUD = "known fraud"

KNOWN = {
    **lines(
        "merchant_fraud_history",
        {
            "merchant_labels": counted("{n} at this merchant.", "known outcome"),
            "merchant_frauds": counted("{n} at this merchant.", _FRAUD),
            "merchant_fraud_rate": part("This merchant's smoothed rate of known frauds is {part}."),
            "merchant_fraud_rate_recent": part(
                "{part} of this merchant's latest known outcomes were fraud."
            ),
            "merchant_frauds_7d": counted(
                "{n} at this merchant in the 7 days before its newest known outcome.", _FRAUD
            ),
            "merchant_last_label": flag(
                "This merchant's latest known outcome was fraud.",
                "This merchant's latest known outcome was honest.",
            ),
            "merchant_fraud_streak": counted("{n} in a row at this merchant.", _FRAUD),
            "merchant_honest_streak": counted("{n} in a row at this merchant.", "honest outcome"),
            "days_since_merchant_fraud": lasting(
                "The latest known fraud at this merchant was {time} ago."
            ),
            "days_since_merchant_outbreak": lasting(
                "This merchant's present run of known frauds began {time} ago."
            ),
            "merchant_ordinary_frauds": counted(
                "{n} at this merchant with an amount ordinary for their customer.", _FRAUD
            ),
            "merchant_ordinary_rate_recent": part(
                "{part} of this merchant's latest known outcomes were frauds of ordinary amount."
            ),
            "merchant_ordinary_streak": counted(
                "{n} of ordinary amount at this merchant since its latest honest outcome.", _FRAUD
            ),
            "days_since_merchant_ordinary": lasting(
                "The latest known fraud of ordinary amount at this merchant was {time} ago."
            ),
            "days_since_ordinary_outbreak": lasting(
                "This merchant's present run of known frauds of ordinary amount began {time} ago."
            ),
            "merchant_unexplained_streak": counted(
                "{n} of ordinary amount at this merchant since its latest honest outcome, of "
                "customers without other unusual amounts.",
                _FRAUD,
            ),
            "merchant_run_least_z": deviations(
                "The most ordinary amount in this merchant's present run of known frauds was {x} "
                "usual.",
                "its customer's",
            ),
            "days_since_merchant_honest": lasting(
                "The latest transaction at this merchant known to be honest was {time} ago."
            ),
        },
    ),
    **lines(
        "customer_fraud_history",
        {
            "customer_labels": counted("{n} of this customer.", "known outcome"),
            "customer_frauds": counted("{n} on this customer's account.", _FRAUD),
            "customer_fraud_rate_recent": part(
                "{part} of this customer's latest known outcomes were fraud."
            ),
            "days_since_customer_fraud": lasting(
                "The latest known fraud on this customer's account was {time} ago."
            ),
        },
    ),
    **lines("device_fraud_history", {"device_frauds": counted("{n} on this device.", _FRAUD)}),
    **lines("ip_fraud_history", {"ip_frauds": counted("{n} from this IP address.", _FRAUD)}),
    **lines("card_fraud_history", {"card_frauds": counted("{n} with this card.", _FRAUD)}),
    **lines(
        "account_age",
        {
            "account_age_days": lasting("The account is {time} old."),
            "history_days": lasting("This customer's first transaction was {time} ago."),
            "tx_number": counted("{n} of this customer so far.", "transaction"),
        },
    ),
    **lines(
        "identity_verification",
        {
            "is_verification_approved": flag(
                "This customer's identity is verified.",
                "This customer's identity is not verified.",
            ),
            "is_verification_in_review": flag(
                "This customer's verification is with a person.",
                "This customer's verification is not with a person.",
            ),
            "is_verification_declined": flag(
                "This customer's verification was declined.",
                "This customer's verification was not declined.",
            ),
            "verification_age_days": lasting("The verification was decided {time} ago."),
            "verification_risk": level(
                (
                    "The verification saw a low risk.",
                    "The verification saw a medium risk.",
                    "The verification saw a high risk.",
                ),
                first=1,
            ),
            "face_match_score": part("The face matched the document with a score of {part}."),
            "liveness_score": part("Liveness was shown with a score of {part}."),
        },
    ),
}
