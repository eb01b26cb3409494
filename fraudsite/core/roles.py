"""Which role may do what.

Permissions are the strings Django's `has_perm` takes: "app.codename". They are written here as
patterns, so that this package needs to know no other app; "*" stands for any run of characters.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from fraudsite.core.choices import Role

STAFF_ROLES = frozenset(
    {Role.ANALYST, Role.SENIOR_ANALYST, Role.RISK_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
)

ANALYST_PERMISSIONS = frozenset(
    {
        "kyc.view_*",
        "kyc.decide_verification",
        "kyc.reveal_customer",
        "kyc.reveal_evidence",
        "transactions.view_*",
        "transactions.label_transaction",
        "transactions.decide_transaction",
        "scoring.view_*",
        "cases.view_*",
        "cases.work_case",
        "cases.block_subject",
        "cases.snooze_rule",
    }
)
# To tell the subject of such a report is an offence, so that few know of it; no `view_*`.
REPORT_PERMISSIONS = frozenset({"cases.read_report", "cases.write_report"})
SENIOR_ANALYST_PERMISSIONS = (
    ANALYST_PERMISSIONS
    | REPORT_PERMISSIONS
    | {
        "kyc.overrule_verification",
        "kyc.erase_customer",
        "cases.assign_case",
        "cases.approve_case",
        "cases.export_case",
        "core.view_auditentry",
        "core.view_statuschange",
    }
)
RISK_MANAGER_PERMISSIONS = REPORT_PERMISSIONS | frozenset(
    {
        "kyc.view_*",
        "kyc.change_policy",
        "transactions.view_*",
        "scoring.*",
        "cases.view_*",
        "cases.change_queue",
        "cases.export_case",
        "core.view_auditentry",
        "core.view_statuschange",
    }
)

ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    Role.CUSTOMER: frozenset(),
    Role.ANALYST: ANALYST_PERMISSIONS,
    Role.SENIOR_ANALYST: SENIOR_ANALYST_PERMISSIONS,
    Role.RISK_MANAGER: RISK_MANAGER_PERMISSIONS,
    # Looks at everything and changes nothing. Opening what is masked, faces and documents is no
    # view permission but `reveal_*`, and not an auditor's.
    Role.AUDITOR: frozenset({"*.view_*"}),
    Role.ADMINISTRATOR: frozenset({"*"}),
}


def role_permits(role: str, permission: str) -> bool:
    """Whether the role holds the permission "app.codename"; an unknown role holds none."""
    patterns = ROLE_PERMISSIONS.get(role, frozenset())
    return any(fnmatchcase(permission, pattern) for pattern in patterns)


def role_permits_app(role: str, app_label: str) -> bool:
    """Whether the role holds any permission in the app."""
    patterns = ROLE_PERMISSIONS.get(role, frozenset())
    return any(fnmatchcase(app_label, pattern.partition(".")[0]) for pattern in patterns)
