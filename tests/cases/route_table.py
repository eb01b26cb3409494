"""What each address of cases answers to whom, opened and sent to.

In the order of `route_callers.WHO`: visitor, customer, an analyst of another queue, the analyst
who holds the case, a senior analyst, a risk manager, an administrator, an auditor. A program has no
log-in to be led to: 401. Acts that lead back when merely opened answer 302; 422 is the page
with the reason why not. What a role may not use is missing (404), Django's own forms say 403.
"""

from __future__ import annotations

TABLE = {
    "cases_api:cases": ("401 403 200 200 200 200 200 200", "401 405 405 405 405 405 405 405"),
    "cases_api:case": ("401 403 404 200 200 200 200 200", "401 405 405 405 405 405 405 405"),
    "cases_api:claim": ("401 405 405 405 405 405 405 405", "401 403 404 200 422 404 422 404"),
    "cases_api:comments": ("401 405 405 405 405 405 405 405", "401 403 404 201 201 404 201 404"),
    "cases_api:decisions": ("401 405 405 405 405 405 405 405", "401 403 404 422 422 404 422 404"),
    "cases_api:events": ("401 200 200 200 200 200 200 200", "401 405 405 405 405 405 405 405"),
    "cases_export:export": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "cases_reports:list": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "cases_reports:new": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 302 302 302 404",
    ),
    "cases_reports:report": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "cases_reports:edit": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "cases_reports:file": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "cases_reports:move": (
        "login login 404 404 302 302 302 404",
        "login login 404 404 302 302 302 404",
    ),
    "cases_reports:print": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "cases_reports:json": (
        "login login 404 404 200 200 200 404",
        "login login 404 404 200 200 200 404",
    ),
    "admin:cases_dashboard": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_dashboard_data": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_case_reveal": (
        "login login 404 302 302 302 302 302",
        "login login 404 302 302 302 302 302",
    ),
    "admin:cases_case_attachment": (
        "login login 404 200 200 404 200 404",
        "login login 404 200 200 404 200 404",
    ),
    "admin:cases_case_claim": (
        "login login 404 302 302 302 302 302",
        "login login 404 302 422 422 422 422",
    ),
    "admin:cases_case_release": (
        "login login 404 302 302 302 302 302",
        "login login 404 302 302 422 302 422",
    ),
    "admin:cases_case_escalate": (
        "login login 404 302 302 302 302 302",
        "login login 404 302 422 422 422 422",
    ),
    "admin:cases_case_move": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_suspend": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_resume": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_reopen": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_note": (
        "login login 404 302 302 302 302 302",
        "login login 404 302 302 422 302 422",
    ),
    "admin:cases_case_attach": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_decide": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_approve": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_reject": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_second": (
        "login login 404 302 302 302 302 302",
        "login login 404 422 422 422 422 422",
    ),
    "admin:cases_case_next": (
        "login login 302 302 302 404 302 404",
        "login login 302 302 302 404 302 404",
    ),
    "admin:cases_case_bulk": (
        "login login 302 302 302 302 302 302",
        "login login 200 200 200 404 200 404",
    ),
    "admin:cases_case_undo": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
    "admin:cases_case_heartbeat": (
        "login login 404 405 405 405 405 405",
        "login login 404 200 200 200 200 200",
    ),
    "admin:cases_case_filter": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
    "admin:cases_case_filter_remove": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
    "admin:cases_case_settings": (
        "login login 405 405 405 405 405 405",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_case_changelist": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_case_add": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_case_history": (
        "login login 404 302 302 302 302 302",
        "login login 404 302 302 302 302 302",
    ),
    "admin:cases_case_delete": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_case_change": (
        "login login 404 200 200 200 200 200",
        "login login 404 200 200 200 200 200",
    ),
    "admin/cases/case/<path:object_id>/": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
    "admin:cases_notificationchannel_send_test": (
        "login login 403 403 403 403 200 403",
        "login login 403 403 403 403 302 403",
    ),
    "admin:cases_notificationchannel_changelist": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_notificationchannel_add": (
        "login login 403 403 403 403 200 403",
        "login login 403 403 403 403 200 403",
    ),
    "admin:cases_notificationchannel_history": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_notificationchannel_delete": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_notificationchannel_change": (
        "login login 200 200 200 200 200 200",
        "login login 403 403 403 403 200 403",
    ),
    "admin/cases/notificationchannel/<path:object_id>/": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
    "admin:cases_notificationdelivery_changelist": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_notificationdelivery_add": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_notificationdelivery_history": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_notificationdelivery_delete": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_notificationdelivery_change": (
        "login login 200 200 200 200 200 200",
        "login login 403 403 403 403 403 403",
    ),
    "admin/cases/notificationdelivery/<path:object_id>/": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
    "admin:cases_queue_changelist": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_queue_add": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_queue_history": (
        "login login 200 200 200 200 200 200",
        "login login 200 200 200 200 200 200",
    ),
    "admin:cases_queue_delete": (
        "login login 403 403 403 403 403 403",
        "login login 403 403 403 403 403 403",
    ),
    "admin:cases_queue_change": (
        "login login 200 200 200 200 200 200",
        "login login 403 403 403 200 200 403",
    ),
    "admin/cases/queue/<path:object_id>/": (
        "login login 302 302 302 302 302 302",
        "login login 302 302 302 302 302 302",
    ),
}
