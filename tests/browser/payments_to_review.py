"""What a reviewer of payments finds: made in a running site's database by `manage.py shell`."""

from __future__ import annotations

import uuid
from datetime import timedelta

from fraudsite.core.actors import Actor
from kyc.models import Customer
from scoring.choices import DecisionOutcome, ModelStatus, RiskLevel
from scoring.features import SCHEMA
from scoring.models import ModelVersion
from scoring.services.starter_rules import starter_rules_install
from tests.scoring.decided import NOW, a_customer, a_transaction, an_account, decide, packed
from tests.scoring.test_admin_models import MANIFEST
from transactions.choices import MerchantKind, TransactionStatus
from transactions.models import Account, Merchant, Transaction
from transactions.services.labels import label_record

D = DecisionOutcome
CAUSES = [
    {"code": "rule_hit", "text": "A device never used before, and far more than is usual."},
    {"code": "score_review", "text": "The score asks for a person."},
]
FACTORS = (
    ("amount_vs_habit", "Amount is 9 times this customer’s usual.", 2.31),
    ("device_new", "First payment from this device.", 1.12),
    ("counterparty_new", "First payment to this counterparty.", 0.64),
    ("country_new", "First payment from this country.", 0.28),
    ("identity", "The customer’s identity is verified.", -0.41),
)
RULES = (
    ("new_device_high_amount@1", "hit", "block_and_review"),
    ("impossible_travel@1", "not_enough_data", "review"),
)
SHOPS = ("Corner Market", "City Transport", "Old Town Books", "Harbour Electronics")


def make() -> uuid.UUID:
    """Make a customer with a month of payments; return the held one to decide on."""
    starter_rules_install()
    # Another story on this site may have promoted the demo champion.
    ModelVersion.objects.filter(status=ModelStatus.CHAMPION).update(status=ModelStatus.RETIRED)
    model, _ = ModelVersion.objects.get_or_create(
        version="2026-11-21.1",
        defaults={
            "manifest": MANIFEST,
            "status": ModelStatus.CHAMPION,
            "promoted_at": NOW,
            "is_demo": True,
            "schema_hash": SCHEMA.hash,
        },
    )
    ModelVersion.objects.get_or_create(version="2026-11-22.1", defaults={"manifest": MANIFEST})
    customer = a_customer(f"user-{uuid.uuid4().hex[:6]}")
    account = an_account(customer, 2_000_00)
    for number in reversed(range(14)):
        shop, _ = Merchant.objects.get_or_create(
            workspace=account.workspace,
            external_id=f"shop-{number % len(SHOPS)}x",
            defaults={"name": SHOPS[number % len(SHOPS)], "mcc": 5411},
        )
        at = NOW - timedelta(days=number, hours=number % 5)
        row = a_transaction(
            customer,
            account=account,
            merchant=shop,
            amount_minor=12_50 + 730 * number,
            occurred_at=at,
            arrived_at=at,
        )
        decide(
            row,
            D.APPROVE,
            score=0.01 + number / 900,
            is_fraud=False,
            risk_level=RiskLevel.LOW,
            causes=[],
            rules_asked=["velocity@1"],
            features=packed(amount_eur=12.5 + 7.3 * number, tx_count_1h=float(number)),
        )
        if number % 4 == 0:
            label_record(labelled=row, is_fraud=False, source="import", actor=Actor.system("demo"))
    held = _held(customer, account, model)
    declined = a_transaction(customer, account=account, amount_minor=4_800_00, kind="transfer")
    decide(declined, D.DECLINE, model=model, score=0.97, risk_level=RiskLevel.CRITICAL)
    return held.pk


def _held(customer: Customer, account: Account, model: ModelVersion) -> Transaction:
    payee, _ = Merchant.objects.get_or_create(
        workspace=account.workspace,
        external_id="payee-00004711",
        defaults={"name": "Not shown", "kind": MerchantKind.PAYEE},
    )
    row = a_transaction(
        customer,
        account=account,
        merchant=payee,
        kind="transfer",
        amount_minor=1_499_00,
        status=TransactionStatus.HELD,
        device_reference="device-2f9c7d1a",
        ip_address="203.0.113.77",
        country="PT",
        latitude=38.7223,
        longitude=-9.1393,
    )
    decide(
        row,
        D.BLOCK_AND_REVIEW,
        model=model,
        score=0.834,
        causes=CAUSES,
        notes=[{"code": "demo_model", "text": "The model learned from generated data."}],
        factors=[
            {"code": code, "text": text, "contribution": part} for code, text, part in FACTORS
        ],
        rules_asked=["velocity@1", "new_device_high_amount@1", "impossible_travel@1"],
        rules=[
            {
                "rule": rule,
                "outcome": outcome,
                "effect": effect,
                "is_snoozed": False,
                "is_on_trial": False,
            }
            for rule, outcome, effect in RULES
        ],
        lists=[{"list_id": "blocked", "kind": "block", "subject": "ip"}],
    )
    return row
