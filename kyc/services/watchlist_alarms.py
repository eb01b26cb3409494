"""Telling the people in charge that a watchlist cannot be relied on."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.urls import reverse

from fraudsite.core.base_task import enqueue_on_commit
from fraudsite.core.choices import Role
from fraudsite.core.models import User
from fraudsite.core.outbox import Event, consumes
from kyc.models import Watchlist
from kyc.services.watchlists import WATCHLIST_UNUSABLE, ListTrouble, trouble_to_tell
from kyc.tasks_screening import send_watchlist_alarm

IN_CHARGE = (Role.RISK_MANAGER, Role.ADMINISTRATOR)
TIMEOUT_S = 20


@consumes(WATCHLIST_UNUSABLE, name="kyc.watchlist_alarm")
def watchlist_alarm(event: Event) -> None:
    """Have it told by mail; a mail server that is slow holds up no other news."""
    enqueue_on_commit(send_watchlist_alarm, event.aggregate_id)


def alarm_send(name: str) -> int:
    """Write to everybody in charge; return how many. Nobody, if the list is well again."""
    watchlist = Watchlist.objects.filter(pk=name, retired_at=None).first()
    if watchlist is None:
        return 0
    trouble, sentence = trouble_to_tell(watchlist)
    if not trouble:
        return 0
    people = User.objects.filter(role__in=IN_CHARGE, is_active=True).order_by("email")
    addresses = people.values_list("email", flat=True)
    mails = [_mail(address, name, trouble, sentence) for address in addresses]
    return int(get_connection(timeout=TIMEOUT_S).send_messages(mails) or 0)


def _mail(address: str, name: str, trouble: ListTrouble, sentence: str) -> EmailMessage:
    page = settings.PUBLIC_URL + reverse("admin:kyc_watchlist_change", args=[name])
    if trouble == ListTrouble.UNSEARCHED:
        subject = f"Approved customers are not compared with the watchlist {name}"
        meaning = "They stay approved, and are tried again every few minutes."
    else:
        subject = f"The watchlist {name} cannot be relied on"
        meaning = (
            "Everybody who is verified goes to a person until the list is imported "
            "again (manage.py import_watchlist) or retired."
        )
    return EmailMessage(
        subject,
        f"{sentence}\n\n{meaning}\n\n{page}\n",
        to=[address],
        headers={"Auto-Submitted": "auto-generated"},
    )
