"""The demonstration's watchlist: invented people of a state that does not exist."""

from __future__ import annotations

from django.conf import settings

from kyc.models import Watchlist
from kyc.services.watchlist_import import ImportOrder, watchlist_import

NAME = "utopia"
# It is never renewed, and a demonstration that sends everybody to a person shows nothing else.
MAX_AGE_DAYS = 3650


def demo_watchlist_load() -> bool:
    """Import the list unless it is there; say whether it was made."""
    if Watchlist.objects.filter(pk=NAME).exists():
        return False
    file = settings.BASE_DIR / "docs" / "examples" / "utopian_watchlist.csv"
    watchlist_import(ImportOrder(file=file, format="csv", name=NAME, max_age_days=MAX_AGE_DAYS))
    return True
