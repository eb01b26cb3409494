"""The rows of a list: copied beside the table, compared with it, and put in their place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from kyc.models import WatchlistEntry
from kyc.screening.entries import ListedEntry
from kyc.screening.words import NameWords, name_words

# Rows a COPY; each is some hundred bytes.
BATCH = 20_000

STAGE = """
DROP TABLE IF EXISTS pg_temp.kyc_stage;
CREATE TEMPORARY TABLE kyc_stage (
  place bigint GENERATED ALWAYS AS IDENTITY,
  external_id varchar(200), digest char(64), content jsonb
) ON COMMIT DROP
"""
# Of an id that comes twice the first row counts.
STAGE_DISTINCT = """
DELETE FROM kyc_stage AS later USING kyc_stage AS earlier
WHERE earlier.external_id = later.external_id AND earlier.place < later.place
"""
# A name is its words in any order: those in force are written as the reader of their day did it,
# perhaps "DOE, John" with the alias "John DOE", which is one name to the reader of today.
COMPARE = r"""
SELECT count(staged.external_id),
       count(staged.external_id) FILTER (WHERE entry.id IS NULL),
       count(staged.external_id) FILTER (WHERE entry.digest <> staged.digest),
       count(entry.id) FILTER (WHERE staged.external_id IS NULL),
       count(entry.id),
       coalesce(sum(names.staged), 0)::bigint,
       coalesce(sum(names.in_force), 0)::bigint
FROM kyc_stage AS staged
FULL JOIN (
  SELECT id, external_id, digest, content FROM kyc_watchlistentry
  WHERE watchlist_id = %(list)s AND ended_in_id IS NULL
) AS entry USING (external_id)
CROSS JOIN LATERAL (
  SELECT count(DISTINCT written.words) FILTER (WHERE side.is_staged) AS staged,
         count(DISTINCT written.words) FILTER (WHERE NOT side.is_staged) AS in_force
  FROM (VALUES (true, staged.content), (false, entry.content)) AS side (is_staged, content),
    jsonb_array_elements_text(side.content -> 'names') AS name,
    LATERAL (
      SELECT string_agg(word, ' ' ORDER BY word) AS words
      FROM regexp_split_to_table(lower(name), '[\s,]+') AS word WHERE word <> ''
    ) AS written
) AS names
"""
# What is removed or changed ends; its names are searched no more.
END = """
WITH ended AS (
  UPDATE kyc_watchlistentry AS entry SET ended_in_id = %(version)s
  WHERE watchlist_id = %(list)s AND ended_in_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM kyc_stage AS staged
    WHERE staged.external_id = entry.external_id AND staged.digest = entry.digest)
  RETURNING id
)
DELETE FROM kyc_watchlistname WHERE entry_id IN (SELECT id FROM ended)
"""
BEGIN = """
INSERT INTO kyc_watchlistentry (watchlist_id, external_id, digest, content, begun_in_id)
SELECT %(list)s, external_id, digest, content, %(version)s FROM kyc_stage AS staged
WHERE NOT EXISTS (
  SELECT 1 FROM kyc_watchlistentry AS entry
  WHERE entry.watchlist_id = %(list)s AND entry.ended_in_id IS NULL
    AND entry.external_id = staged.external_id)
ORDER BY place
"""
# In order, so that of two imports of different lists one waits for the other: in any other order
# each may hold a word that the other waits for.
WORDS = """
INSERT INTO kyc_watchlistword (word)
SELECT DISTINCT left(word, 100) FROM kyc_watchlistname AS name
JOIN kyc_watchlistentry AS entry ON entry.id = name.entry_id AND entry.begun_in_id = %(version)s,
  regexp_split_to_table(name.words, ' ') AS word
WHERE word <> ''
ORDER BY 1
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class StageDifference:
    """The staged people against those in force."""

    entries: int
    added: int
    changed: int
    removed: int
    in_force: int
    names: int
    names_in_force: int


def stage_create() -> None:
    """Make the table beside, which goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(STAGE)


def stage_fill(entries: Iterable[ListedEntry]) -> int:
    """Copy people into it; return how many."""
    rows = (
        (entry.external_id, entry.digest, json.dumps(entry.to_json(), ensure_ascii=False))
        for entry in entries
    )
    filled = _copy("kyc_stage (external_id, digest, content)", rows)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX ON kyc_stage (external_id, place)")
        cursor.execute("ANALYZE kyc_stage")
        cursor.execute(STAGE_DISTINCT)
    return filled


def stage_compare(watchlist: str) -> StageDifference:
    """Count what is new, other and missing."""
    with connection.cursor() as cursor:
        cursor.execute(COMPARE, {"list": watchlist})
        return StageDifference(*cursor.fetchone())


def stage_apply(watchlist: str, version_id: int) -> None:
    """End what is gone or changed, begin what is new or changed, and make it searchable."""
    names: dict[str, str | int] = {"list": watchlist, "version": version_id}
    with connection.cursor() as cursor:
        cursor.execute(END, names)
        cursor.execute(BEGIN, names)
    _copy("kyc_watchlistname (entry_id, words, lexemes, birth_years)", _name_rows(version_id))
    with connection.cursor() as cursor:
        cursor.execute(WORDS, names)
        for table in ("kyc_watchlistentry", "kyc_watchlistname", "kyc_watchlistword"):
            cursor.execute(f"ANALYZE {table}")


def _name_rows(version_id: int) -> Iterator[tuple[int, str, str, str | None]]:
    """Yield a row for each name of the entries that begin in the version, alike ones once."""
    begun = WatchlistEntry.objects.filter(begun_in_id=version_id).order_by("pk")
    rows = begun.values_list("pk", "external_id", "content").iterator(chunk_size=BATCH)
    for pk, external_id, content in rows:
        entry = ListedEntry.from_json(external_id, content)
        years = _array(entry.birth_years)
        for words in dict.fromkeys(map(name_words, entry.names)):
            if words.words:
                yield pk, words.text, _lexemes(words), years


def _array(numbers: Sequence[int] | None) -> str | None:
    """Return the literal of an array; None, which COPY reads as NULL, where there is none."""
    return None if numbers is None else f"{{{','.join(map(str, numbers))}}}"


def _lexemes(words: NameWords) -> str:
    """Return the literal of a tsvector; lexemes are a–z and "=", so that nothing is escaped."""
    return " ".join(f"'{lexeme}'" for lexeme in words.lexemes)


def _copy(table: str, rows: Iterable[tuple[object, ...]]) -> int:
    """Append rows by COPY, in batches; return how many."""
    copied = 0
    source = iter(rows)
    statement = f"COPY {table} FROM STDIN (FORMAT csv)"
    while batch := list(islice(source, BATCH)):
        text = io.StringIO()
        csv.writer(text).writerows(batch)
        text.seek(0)
        # The driver's own method, which Django hands on without translating what it raises.
        with connection.cursor() as cursor, connection.wrap_database_errors:
            cursor.copy_expert(statement, text)
        copied += len(batch)
    return copied
