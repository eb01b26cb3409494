"""A refusal as a page of staff tells it."""

from __future__ import annotations

from django.utils.html import format_html

from kyc.refusals import Refusal


def refusal_words(refusal: Refusal) -> str:
    """Return its sentence, with a link to where to go instead, if there is such a place."""
    return linked(refusal.sentence, refusal.url) if refusal.url else refusal.sentence


def linked(sentence: str, url: str) -> str:
    """Return a sentence with a link behind it.

    Examples
    --------
    >>> linked("Decide it in its case.", "/cases/1/")
    'Decide it in its case. <a class="underline" href="/cases/1/">Open it</a>'
    """
    return format_html('{} <a class="underline" href="{}">Open it</a>', sentence, url)
