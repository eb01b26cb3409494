"""Who on the lists in use may be a person: candidates from the database, then every feature."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from django.db import connection, transaction

from kyc.screening.entries import ListedEntry
from kyc.screening.scoring import Match, MatchPolicy, ScreenedPerson, match
from kyc.screening.words import NameWords, candidate_query, name_words, near_words, slips_allowed

POLICY = MatchPolicy()
# Trigrams that a word must share to be looked at more closely; one slip in a word of four letters
# leaves 0.25. Nearer words come first, so a limit cuts off only what is unlike. With 0.3 and 150 a
# search took 21 ms of processor time instead of 28, and found 193 of 200 respelled names, not 198.
WORD_SIMILARITY = 0.2
WORDS_PER_WORD = 500
# Entries that are compared in full, the most alike first. Among a million generated people the
# commonest names have hundreds of bearers, whom only the date of birth tells apart: with a limit of
# 150 one listed person in thirty was not compared at all.
CANDIDATES = 1000

# Of a condition with many words the planner expects far more rows than there are, and would read
# the whole table: 6.6 s instead of 0.1 s with a million names.
SETTINGS = "SET LOCAL pg_trgm.similarity_threshold = %s; SET LOCAL enable_seqscan = off"
RESET = "SET LOCAL pg_trgm.similarity_threshold TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT"
# Uses index kyc_watchlist_word_trigrams.
SIMILAR = """
SELECT searched.word, found.word
FROM unnest(%(words)s::text[], %(slips)s::int[]) AS searched (word, slips),
LATERAL (
  SELECT listed.word FROM kyc_watchlistword AS listed WHERE listed.word %% searched.word
    AND abs(length(listed.word) - length(searched.word)) <= searched.slips
  ORDER BY similarity(listed.word, searched.word) DESC, listed.word LIMIT %(limit)s
) AS found
"""
# Uses index kyc_watchlist_lexemes. A name with more words on one side is ordered by the share that
# is found in the other, as one with a slip is by the whole. Of the bearers of common names, who are
# thousands among a million, eleven in twelve go by their year before anything is compared. Whether
# its list is in use is asked of each that is left, before the limit: retired ones would use it up.
# Not by a join, which the planner, expecting too many rows here as well, may begin elsewhere.
CANDIDATE = """
WITH found AS (
  SELECT entry_id, greatest(similarity(words, %(text)s),
    0.9 * word_similarity(words, %(text)s), 0.9 * word_similarity(%(text)s, words)) AS likeness
  FROM kyc_watchlistname AS name WHERE lexemes @@ %(query)s::tsquery
    AND coalesce(birth_years && %(years)s::smallint[], true)
    AND (SELECT list.retired_at IS NULL FROM kyc_watchlistentry AS entry
         JOIN kyc_watchlist AS list ON list.name = entry.watchlist_id
         WHERE entry.id = name.entry_id)
), best AS (
  SELECT entry_id, max(likeness) AS likeness FROM found GROUP BY entry_id
  ORDER BY likeness DESC, entry_id LIMIT %(limit)s
)
SELECT entry.id, entry.watchlist_id, entry.external_id, entry.content::text
FROM best JOIN kyc_watchlistentry AS entry ON entry.id = best.entry_id
ORDER BY best.likeness DESC, entry.id
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that shares enough of a name to be compared in full."""

    entry_id: int
    list_name: str
    entry: ListedEntry


@dataclass(frozen=True, slots=True)
class FoundMatch:
    """A hit: the entry, whom it was compared with, and what agreed."""

    candidate: Candidate
    person: ScreenedPerson
    match: Match


def people_search(
    people: Sequence[ScreenedPerson], policy: MatchPolicy = POLICY
) -> list[FoundMatch]:
    """Return the hits of any of a customer's identities, one an entry, the best first."""
    best: dict[int, FoundMatch] = {}
    # Sources mostly agree in the name: what is asked of the database in the same words, once.
    listed = cache(_listed)
    for person in people:
        for candidate in listed(name_words(person.name), policy.years_of_hits(person.birth_date)):
            compared = match(person, candidate.entry, policy)
            known = best.get(candidate.entry_id)
            if compared.is_hit and (known is None or compared.score > known.match.score):
                best[candidate.entry_id] = FoundMatch(candidate, person, compared)
    return sorted(best.values(), key=lambda found: (-found.match.score, found.candidate.entry_id))


def candidates(name: str, *, born_in: Sequence[int] | None = None) -> list[Candidate]:
    """Return the entries in force that share two near words with a name, the most alike first.

    With `born_in`, without those that are known to be born in other years.
    """
    return _listed(name_words(name), None if born_in is None else tuple(born_in))


def _listed(words: NameWords, born_in: tuple[int, ...] | None) -> list[Candidate]:
    if not words.words:
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SETTINGS, [WORD_SIMILARITY])
        query = candidate_query(words, _near(words))
        years = None if born_in is None else list(born_in)
        cursor.execute(
            CANDIDATE,
            {"query": query, "text": words.text, "years": years, "limit": CANDIDATES},
        )
        rows = cursor.fetchall()
        # Whoever searches inside a transaction of their own goes on as before.
        cursor.execute(RESET)
    return [
        Candidate(pk, list_name, ListedEntry.from_json(external_id, json.loads(content)))
        for pk, list_name, external_id, content in rows
    ]


def _near(words: NameWords) -> dict[str, tuple[str, ...]]:
    """Return, for each word, the words of the lists that may be it."""
    similar: dict[str, list[str]] = {word: [] for word in words.words}
    with connection.cursor() as cursor:
        slips = [slips_allowed(word) for word in words.words]
        cursor.execute(
            SIMILAR, {"words": list(words.words), "slips": slips, "limit": WORDS_PER_WORD}
        )
        for searched, found in cursor.fetchall():
            similar[searched].append(found)
    return {word: near_words(word, found) for word, found in similar.items()}
