"""How far a load is, as a bar on the terminal; nothing where no person looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tqdm import tqdm

from transactions.services.load_hooks import Progress


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Have a `Progress` that draws one bar, named for what is being done."""
    with tqdm(unit_scale=True, disable=not sys.stderr.isatty()) as bar:

        def show(done: int, total: int, what: str) -> None:
            bar.set_description(what, refresh=False)
            bar.total, bar.n = total, done
            bar.refresh()

        yield show
