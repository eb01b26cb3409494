"""A list that never counts to the end."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator

if TYPE_CHECKING:
    AnyPaginator = Paginator[Any]
else:
    # Django's own class takes no parameter at run time.
    AnyPaginator = Paginator

# Nobody leafs through 200 pages: they search or filter. Counting millions of rows would take
# seconds at each look, reading up to here takes milliseconds.
MAX_COUNTED = 10_000


class BoundedPaginator(AnyPaginator):
    """Counts, and so offers, no more rows than a person can look through."""

    @cached_property
    def count(self) -> int:
        """Return how many rows there are, at most `MAX_COUNTED`."""
        rows: Any = self.object_list
        return int(rows[:MAX_COUNTED].count())
