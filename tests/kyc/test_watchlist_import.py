"""Lists as they come in: versions, what is refused, and what a refusal means."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DataError, IntegrityError, connection, transaction

from fraudsite.core.models import AuditEntry, OutboxEvent
from kyc.models import (
    Rescreening,
    Watchlist,
    WatchlistEntry,
    WatchlistName,
    WatchlistVersion,
)
from kyc.screening.ofac import ofac_files
from kyc.screening.scoring import ScreenedPerson
from kyc.services.demo_watchlist import demo_watchlist_load
from kyc.services.watchlist_import import WATCHLIST_CHANGED, ImportOrder, watchlist_import
from kyc.services.watchlist_search import POLICY, candidates, people_search
from kyc.services.watchlists import WATCHLIST_UNUSABLE, lists_in_use
from tests.kyc.watchlist_files import (
    CARLA,
    OTHERS,
    ofac_person,
    take_in,
    write_ofac,
    write_own,
)

pytestmark = pytest.mark.django_db


def found(name: str) -> list[str]:
    return [candidate.entry.external_id for candidate in candidates(name)]


def test_a_first_version_is_in_force_and_searched(tmp_path: Path) -> None:
    report = take_in(tmp_path, [CARLA, *OTHERS])

    assert (report.number, report.refusal, report.counts.added) == (1, "", 29)
    [state] = lists_in_use()
    assert (state.name, state.number, state.entries_count, state.trouble) == ("ours", 1, 29, "")
    assert found("Nunez Carla") == ["U-1"]
    assert OutboxEvent.objects.filter(kind=WATCHLIST_CHANGED).count() == 1


def test_of_bearers_of_one_name_those_born_in_other_years_are_not_compared(tmp_path: Path) -> None:
    dates = ("1990", "1992-05-01", "1993", "circa 1999", "", "1950;1989")
    rows = [(f"U-{n}", "Carla Nunez", "", born, "", "") for n, born in enumerate(dates)]
    take_in(tmp_path, rows)
    carla = ScreenedPerson("Carla Nunez", date(1990, 1, 2))

    compared = candidates(carla.name, born_in=POLICY.years_of_hits(carla.birth_date))
    hits = people_search([carla], POLICY)

    assert [one.entry.external_id for one in compared] == ["U-0", "U-1", "U-3", "U-4", "U-5"]
    assert {hit.candidate.entry.external_id for hit in hits} == {"U-0", "U-1", "U-4", "U-5"}
    assert len(people_search([replace(carla, birth_date=None)])) == len(rows)


def test_a_name_joined_on_one_side_and_in_another_order_is_a_hit(tmp_path: Path) -> None:
    take_in(
        tmp_path, [("U-1", "Wang Xiao Ming", "", "", "", ""), ("U-2", "Jongun Kim", "", "", "", "")]
    )

    found = [people_search([ScreenedPerson(name)]) for name in ("XIAOMING WANG", "KIM, Jong Un")]

    assert [[hit.candidate.entry.external_id for hit in hits] for hits in found] == [
        ["U-1"],
        ["U-2"],
    ]


def test_a_span_of_years_and_a_date_nobody_can_read_leave_nobody_out(tmp_path: Path) -> None:
    dates = ("1955 to 1970", "1940;circa 1979-1982", "1940;the fifties", "1971 to 1985")
    rows = [(f"U-{n}", "Carla Nunez", "", born, "", "") for n, born in enumerate(dates)]
    take_in(tmp_path, rows)

    def hits(year: int) -> set[str]:
        found = people_search([ScreenedPerson("Carla Nunez", date(year, 1, 2))])
        return {hit.candidate.entry.external_id for hit in found}

    assert hits(1955) == hits(1957) == {"U-0", "U-2"}
    assert hits(1970) == {"U-0", "U-2", "U-3"}
    assert hits(1980) == {"U-1", "U-2", "U-3"}


def test_a_name_that_was_listed_before_years_were_kept_is_compared_with_everybody(
    tmp_path: Path,
) -> None:
    take_in(tmp_path, [CARLA])
    WatchlistName.objects.update(birth_years=None)

    compared = candidates("Carla Nunez", born_in=(1950,))

    assert [one.entry.external_id for one in compared] == ["U-1"]


def test_the_next_version_ends_begins_and_keeps_entries(tmp_path: Path) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    changed = (OTHERS[0][0], "Somebody Else", *OTHERS[0][2:])
    new = ("U-99", "Late Comer", "", "", "", "")

    report = take_in(tmp_path, [changed, *OTHERS[1:], new])

    counts = report.counts
    assert (counts.added, counts.changed, counts.removed) == (1, 1, 1)
    first, second = WatchlistVersion.objects.order_by("number")
    ended = WatchlistEntry.objects.filter(ended_in=second).order_by("external_id")
    assert [entry.external_id for entry in ended] == ["U-1", OTHERS[0][0]]
    begun = WatchlistEntry.objects.filter(begun_in=second).order_by("external_id")
    assert [entry.external_id for entry in begun] == [OTHERS[0][0], "U-99"]
    assert not WatchlistName.objects.filter(entry__in=ended).exists()
    assert (found("Carla Nunez"), found("Comer Late")) == ([], ["U-99"])
    assert Watchlist.objects.get().active_version == second
    assert first.entries_count == 29


def test_the_same_list_again_changes_nothing_but_its_age(tmp_path: Path) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])

    report = take_in(tmp_path, [CARLA, *OTHERS])

    assert (report.number, report.counts.added, report.counts.changed) == (2, 0, 0)
    assert Rescreening.objects.count() == 1
    assert OutboxEvent.objects.filter(kind=WATCHLIST_CHANGED).count() == 1


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "The list names nobody."),
        (
            [CARLA, *OTHERS[:10]],
            "18 of 29 entries are missing; more than 10 % at once is taken for half a list.",
        ),
        (
            [CARLA, *OTHERS, ("", "Nobody", "", "", "", "")],
            "1 of 30 rows say nothing; the file is damaged.",
        ),
    ],
    ids=["empty", "half", "damaged"],
)
def test_a_list_that_is_not_whole_is_refused_and_the_old_one_stays(
    tmp_path: Path, rows: list[tuple[str, ...]], sentence: str
) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])

    report = take_in(tmp_path, rows)

    assert report.refusal == sentence
    [state] = lists_in_use()
    assert (state.number, state.entries_count, state.trouble) == (1, 29, "failed")
    assert found("Carla Nunez") == ["U-1"]
    event = OutboxEvent.objects.get(kind=WATCHLIST_UNUSABLE)
    assert event.payload == {"trouble": "failed", "version": 2}


def test_a_list_that_has_lost_its_aliases_is_refused(tmp_path: Path) -> None:
    aliased = [(row[0], row[1], "An Alias", *row[3:]) for row in OTHERS[:5]]
    take_in(tmp_path, [CARLA, *aliased, *OTHERS[5:]])

    report = take_in(tmp_path, [CARLA, *OTHERS])

    assert (report.counts.removed, report.counts.changed) == (0, 5)
    assert report.refusal == (
        "5 of 35 names are missing; more than 10 % at once is taken for half a list."
    )
    assert found("Alias An") == [row[0] for row in aliased]


def test_a_name_that_was_kept_before_commas_were_read_is_not_lost(tmp_path: Path) -> None:
    rows = [(row[0], f"DOE, {row[1]}", f"{row[1]} Doe", *row[3:]) for row in OTHERS]
    take_in(tmp_path, rows)
    for entry, row in zip(WatchlistEntry.objects.order_by("pk"), rows, strict=True):
        content = {**entry.content, "names": [row[1], row[2].replace("Doe", "DOE")]}
        WatchlistEntry.objects.filter(pk=entry.pk).update(content=content, digest="0" * 64)

    report = take_in(tmp_path, [(row[0], row[1], "", *row[3:]) for row in rows])

    assert (report.refusal, report.counts.changed) == ("", len(rows))
    assert (report.counts.names, report.counts.names_in_force) == (len(rows), len(rows))


def test_the_digest_of_ofacs_list_is_that_of_its_three_files(tmp_path: Path) -> None:
    file = write_ofac(tmp_path, sdn=ofac_person("1", "ZAPOLETES, Anyder"))
    sdn, alt, add = (one.read_bytes() for one in ofac_files(file))
    order = ImportOrder(file=file, format="ofac-sdn", name="ofac")
    watchlist_import(order)
    (tmp_path / "alt.csv").unlink()

    refused = watchlist_import(order)

    assert refused.refusal.startswith("alt.csv is not beside sdn.csv")
    first, second = WatchlistVersion.objects.order_by("number")
    assert first.sha256 == sha256(sdn + alt + add).hexdigest()
    assert second.sha256 == sha256(sdn + add).hexdigest()
    [state] = lists_in_use()
    assert (state.number, state.trouble) == (1, "failed")


def test_a_loss_that_is_meant_is_accepted(tmp_path: Path) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])

    report = take_in(tmp_path, [CARLA], accepts_loss=True)

    assert (report.refusal, report.counts.removed) == ("", 28)


def test_a_good_version_heals_the_list_and_the_next_trouble_is_told(tmp_path: Path) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    take_in(tmp_path, [])
    take_in(tmp_path, [CARLA, *OTHERS])
    assert [state.trouble for state in lists_in_use()] == [""]

    take_in(tmp_path, [])

    assert OutboxEvent.objects.filter(kind=WATCHLIST_UNUSABLE).count() == 2


def test_a_first_version_that_is_refused_leaves_a_list_that_names_nobody(tmp_path: Path) -> None:
    file = tmp_path / "targets.csv"
    file.write_text("name,born\nAda,1815\n")

    report = watchlist_import(ImportOrder(file=file, format="opensanctions", name="os"))

    assert report.refusal == "targets.csv has no column 'id'; is it another kind of list?"
    assert [(state.number, state.trouble) for state in lists_in_use()] == [(0, "failed")]


def test_a_file_that_cannot_be_read_is_a_refused_version() -> None:
    # A regular file that opens, and gives an error when it is read.
    report = watchlist_import(ImportOrder(file=Path("/proc/self/mem"), format="csv", name="ours"))

    assert report.refusal == "mem cannot be read: Input/output error."
    assert WatchlistVersion.objects.get().sha256 == ""
    assert [(state.number, state.trouble) for state in lists_in_use()] == [(0, "failed")]


def test_an_import_that_breaks_off_is_a_refused_version_too(tmp_path: Path) -> None:
    order = ImportOrder(file=_too_long_for_the_table(tmp_path), format="ofac-sdn", name="ofac")

    with pytest.raises(DataError):
        watchlist_import(order)

    version = WatchlistVersion.objects.get()
    assert (version.number, version.refusal) == (1, "The import broke off (DataError).")
    assert [(state.number, state.trouble) for state in lists_in_use()] == [(0, "failed")]
    assert OutboxEvent.objects.filter(kind=WATCHLIST_UNUSABLE).count() == 1
    assert AuditEntry.objects.filter(action="watchlist.refused").count() == 1


def test_a_dry_run_that_breaks_off_leaves_no_trace(tmp_path: Path) -> None:
    file = _too_long_for_the_table(tmp_path)

    with pytest.raises(DataError):
        watchlist_import(ImportOrder(file=file, format="ofac-sdn", name="ofac", is_dry_run=True))

    assert not Watchlist.objects.exists()


def _too_long_for_the_table(folder: Path) -> Path:
    return write_ofac(folder, sdn=ofac_person("1" * 201, "ZAPOLETES, Anyder"))


def test_words_are_stored_in_order_so_that_two_imports_wait_and_none_is_stuck(
    tmp_path: Path,
) -> None:
    # Rows stand in an empty table as they were inserted.
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE kyc_watchlistword")
        take_in(tmp_path, [CARLA, *OTHERS])
        cursor.execute(
            "SELECT array_agg(word ORDER BY ctid), array_agg(word ORDER BY word) "
            "FROM kyc_watchlistword"
        )
        inserted, ordered = cursor.fetchone()

    assert inserted == ordered


def test_a_dry_run_leaves_no_trace(tmp_path: Path) -> None:
    report = take_in(tmp_path, [CARLA, *OTHERS], is_dry_run=True)

    assert report.counts.added == 29
    assert not Watchlist.objects.exists()
    assert not WatchlistVersion.objects.exists()
    assert not OutboxEvent.objects.filter(kind__startswith="kyc.watchlist").exists()


def test_an_id_that_comes_twice_counts_once(tmp_path: Path) -> None:
    many = [(f"M-{n}", f"Many{n} Peoplex", "", "", "", "") for n in range(150)]

    report = take_in(tmp_path, [*many, ("M-3", "Other Name", "", "", "", "")])

    assert (report.refusal, report.counts.entries, report.counts.refused) == ("", 150, 1)
    assert WatchlistEntry.objects.get(external_id="M-3").content["names"] == ["Many3 Peoplex"]


def test_a_version_is_never_changed(tmp_path: Path) -> None:
    take_in(tmp_path, [CARLA])

    with pytest.raises(IntegrityError), transaction.atomic():
        WatchlistVersion.objects.update(entries_count=0)


def test_the_command_tells_what_came_of_it(tmp_path: Path) -> None:
    file = write_own(tmp_path, [CARLA, *OTHERS])
    out = StringIO()

    call_command("import_watchlist", "csv", str(file), "--name", "ours", "--json", stdout=out)

    answer = json.loads(out.getvalue())
    assert (answer["number"], answer["counts"]["entries"], answer["refusal"]) == (1, 29, "")


def test_the_command_warns_of_people_whom_no_latin_name_finds(tmp_path: Path) -> None:
    arabic = ("U-98", "محمد علي", "", "", "", "")
    both = ("U-99", "محمد علي", "Mohamed Ali", "", "", "")
    file = write_own(tmp_path, [CARLA, *OTHERS, arabic, both])
    told, as_json = StringIO(), StringIO()

    call_command("import_watchlist", "csv", str(file), "--name", "ours", stdout=told)
    call_command("import_watchlist", "csv", str(file), "--name", "ours", "--json", stdout=as_json)

    assert (
        "Of 1 people no name is in letters that a Latin spelling finds; "
        "give them Latin aliases (docs/screening.md, Scripts).\n"
    ) in told.getvalue()
    assert json.loads(as_json.getvalue())["counts"]["not_spelt_out"] == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["csv", "/nowhere.csv", "--name", "x"], "There is no file /nowhere.csv."),
        (["csv", __file__, "--name", "a b"], "--name takes letters, digits, - and _."),
        (
            ["csv", __file__, "--name", "x", "--max-age-days", "0"],
            "--max-age-days takes 1 to 3650.",
        ),
    ],
)
def test_the_command_refuses_what_makes_no_sense(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence.replace(".", r"\.")):
        call_command("import_watchlist", *arguments)


def test_the_search_command_explains_matches_and_keeps_none(tmp_path: Path) -> None:
    take_in(tmp_path, [CARLA, *OTHERS])
    out = StringIO()

    call_command(
        "screen_customer", "--name", "Carla Nunes", "--birth-date", "1990-05-05", stdout=out
    )

    lines = out.getvalue().splitlines()
    assert lines[0] == "ours@1, 29 people: in order"
    assert "ours/U-1  Carla Maria NUNEZ  Invented" in lines[1]
    assert len(lines) == 5


def test_the_demonstrations_list_is_whole_and_finds_its_one_customer() -> None:
    assert (demo_watchlist_load(), demo_watchlist_load()) == (True, False)

    [state] = lists_in_use()
    assert (state.name, state.entries_count, state.trouble) == ("utopia", 7, "")
    people = [ScreenedPerson("Dagny Brandão"), ScreenedPerson("Johanna O'Sullivan")]
    assert [len(people_search([person])) for person in people] == [1, 0]
