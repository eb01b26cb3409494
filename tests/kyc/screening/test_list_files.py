"""Lists in the forms in which they are published. Everybody in them is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from kyc.screening.entries import ListedEntry, ListRefused, PartialDate, RowRefused
from kyc.screening.ofac import ofac_files, read_ofac
from kyc.screening.tables import read_opensanctions, read_own
from tests.kyc.watchlist_files import ofac_person, write_ofac

EMPTY = ",".join(["-0- "] * 6)
SDN = (
    f'101,"ZAPOLETES, Anyder Macaria","individual","UTOPIA] [SDGT","Minister",{EMPTY},'
    '"DOB 07 Oct 1954; alt. DOB 1955; POB Amaurot; nationality Iran; citizen Korea, North; '
    "a.k.a. 'THE ANYDER'.\"\r\n"
    f'102,"ACHORIA LINES LTD",-0- ,"UTOPIA",-0- ,{EMPTY},-0- \r\n'
    f'103,"POLYLER, José",individual,"UTOPIA",-0- ,{EMPTY},"DOB 1960 to 1962."\r\n'
)
ALT = '101,1,"aka","ZAPOLETES, A. M.",-0- \r\n999,2,"aka","NOBODY",-0- \r\n'
ADD = '101,1,"1 Bridge","Amaurot","Syria",-0- \r\n'


def test_ofac_is_read_with_the_files_beside_it(tmp_path: Path) -> None:
    file = write_ofac(tmp_path, sdn=SDN, alt=ALT, add=ADD)

    first, company, third = read_ofac(file)

    assert first == ListedEntry(
        external_id="101",
        names=("Anyder Macaria ZAPOLETES", "A. M. ZAPOLETES", "THE ANYDER"),
        birth_dates=(PartialDate(1954, 10, 7), PartialDate(1955)),
        countries=("IRN", "PRK", "SYR"),
        programmes=("UTOPIA", "SDGT"),
        note="Minister",
    )
    assert (company.is_person, company.names) == (False, ("ACHORIA LINES LTD",))
    assert (third.names, third.birth_dates) == (
        ("José POLYLER",),
        (PartialDate(1960, last_year=1962),),
    )


def test_ofac_in_the_older_encoding_is_read_too(tmp_path: Path) -> None:
    file = write_ofac(tmp_path, sdn=SDN, encoding="iso-8859-1")

    assert [entry.names[0] for entry in read_ofac(file)][2] == "José POLYLER"


def test_a_row_of_ofac_that_is_cut_off_is_refused_by_its_line(tmp_path: Path) -> None:
    file = write_ofac(tmp_path, sdn=SDN + "104,ENDS\r\n")

    assert list(read_ofac(file))[-1] == RowRefused(4, "2 columns instead of 12")


def test_another_file_is_no_list_of_ofac(tmp_path: Path) -> None:
    file = write_ofac(tmp_path, sdn="id,name\n1,Ada\n")

    with pytest.raises(ListRefused, match="does not look like OFAC"):
        list(read_ofac(file))


@pytest.mark.parametrize("name", ["sdn", "alt", "add"])
def test_a_file_of_ofac_that_ends_without_its_sign_is_refused(tmp_path: Path, name: str) -> None:
    file = write_ofac(tmp_path, sdn=SDN, alt=ALT, add=ADD)
    cut = tmp_path / f"{name}.csv"
    *whole, _ = cut.read_bytes().splitlines(keepends=True)
    cut.write_bytes(b"".join(whole))

    with pytest.raises(ListRefused, match=rf"{name}\.csv does not end .* probably cut off"):
        list(read_ofac(file))


@pytest.mark.parametrize("name", ["alt", "add"])
def test_ofac_without_a_file_beside_it_is_refused(tmp_path: Path, name: str) -> None:
    file = write_ofac(tmp_path, sdn=SDN, alt=ALT, add=ADD)
    (tmp_path / f"{name}.csv").unlink()

    with pytest.raises(ListRefused, match=rf"{name}\.csv is not beside sdn\.csv; .* https://"):
        list(read_ofac(file))


@pytest.mark.parametrize("name", ["alt", "add"])
def test_ofac_with_an_empty_file_beside_it_is_refused(tmp_path: Path, name: str) -> None:
    file = write_ofac(tmp_path, **{"sdn": SDN, "alt": ALT, "add": ADD, name: ""})

    with pytest.raises(ListRefused, match=rf"{name}\.csv has no rows"):
        list(read_ofac(file))


def test_the_names_in_capitals_that_ofac_gives_its_files_are_known(tmp_path: Path) -> None:
    file = write_ofac(tmp_path, sdn=SDN, alt=ALT, add=ADD)
    for one in ofac_files(file):
        one.rename(one.with_name(one.name.upper()))

    [first, *_] = read_ofac(tmp_path / "SDN.CSV")

    assert first.names[1] == "A. M. ZAPOLETES"
    assert [one.name for one in ofac_files(tmp_path / "SDN.CSV")] == [
        "SDN.CSV",
        "ALT.CSV",
        "ADD.CSV",
    ]


def test_opensanctions_is_read(tmp_path: Path) -> None:
    file = tmp_path / "targets.simple.csv"
    header = "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,"
    header += "emails,dataset,first_seen,last_seen,last_change\n"
    person = 'Q-1,Person,Anyder Z,"Ánider;A. Z",1954-10;1955,ru;gb-sct,,,EU;UN,,,Utopia,a,b,c\n'
    ship = "Q-2,Vessel,Raphael,,,,,,,,,Utopia,a,b,c\n"
    cut = "Q-3,Person,Half"
    file.write_text("\ufeff" + header + person + ship + cut, encoding="utf-8")

    first, second, third = read_opensanctions(file)

    assert first == ListedEntry(
        external_id="Q-1",
        names=("Anyder Z", "Ánider", "A. Z"),
        birth_dates=(PartialDate(1954, 10), PartialDate(1955)),
        countries=("RUS", "GBR"),
        programmes=("EU", "UN"),
        note="Utopia",
    )
    assert second.is_person is False
    assert third == RowRefused(4, "the row is cut off")


def test_in_tables_too_a_surname_before_a_comma_comes_last(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text('id,name,aliases\n7,"ZAPOLETES, Anyder","Zapolet; DOE, Ann Mary"\n')

    assert list(read_own(file)) == [
        ListedEntry("7", ("Anyder ZAPOLETES", "Zapolet", "Ann Mary DOE"))
    ]


def test_an_own_list_needs_id_and_name_only(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("ID,Name\n7,Anyder\n,Nobody\n8,\n")

    first, *refused = read_own(file)

    assert first == ListedEntry("7", ("Anyder",))
    assert refused == [RowRefused(3, "no id or no name"), RowRefused(4, "no id or no name")]


def test_a_row_that_is_cut_before_its_id_is_refused_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("Name,ID\nAnyder,7\nHalf\n")

    assert list(read_own(file)) == [
        ListedEntry("7", ("Anyder",)),
        RowRefused(3, "no id or no name"),
    ]


def test_a_file_that_is_no_csv_is_refused_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_bytes(b'id,name\n1,"never closed\n')

    with pytest.raises(ListRefused, match="is cut off or no CSV"):
        list(read_own(file))


def test_what_is_stored_of_an_entry_is_the_entry(tmp_path: Path) -> None:
    births = "DOB 1960; alt. DOB circa 1979-1982; alt. DOB the seventies"
    sdn = SDN + ofac_person("104", "UTOPUS, Abraxas", births)
    first, _, *others = read_ofac(write_ofac(tmp_path, sdn=sdn))

    for entry in (first, *others):
        assert isinstance(entry, ListedEntry)
        again = ListedEntry.from_json(entry.external_id, entry.to_json())
        assert (again, again.digest) == (entry, entry.digest)


def test_an_alternative_that_cannot_be_read_leaves_the_year_open(tmp_path: Path) -> None:
    births = "DOB 1960; alt. DOB the seventies; POB Amaurot"
    sdn = ofac_person("104", "UTOPUS, Abraxas", births)

    [entry] = read_ofac(write_ofac(tmp_path, sdn=sdn))

    assert isinstance(entry, ListedEntry)
    assert (entry.birth_dates, entry.unread_births) == ((PartialDate(1960),), ("the seventies",))
    assert entry.birth_years is None
    assert entry.to_json()["birth_dates"] == ["1960", "the seventies"]


@pytest.mark.parametrize(
    ("text", "years", "written"),
    [
        ("1955 to 1970", range(1955, 1971), "1955 to 1970"),
        ("1979-1982", range(1979, 1983), "1979 to 1982"),
        ("between 1971 and 1973", range(1971, 1974), "1971 to 1973"),
        ("circa 1979-1982", range(1979, 1983), "~1979 to 1982"),
        ("07 Oct 1954 to circa 1956", range(1954, 1957), "~1954 to 1956"),
        ("Jan 1960 to Mar 1960", range(1960, 1961), "1960"),
    ],
)
def test_of_a_span_both_ends_are_kept(text: str, years: range, written: str) -> None:
    read = PartialDate.parse(text)

    assert read is not None
    assert (read.years, str(read)) == (years, written)
    assert PartialDate.parse(written) == read


@pytest.mark.parametrize(
    "text", ["1979-82", "1970 to 1955", "1971 to 1972 to 1973", "the seventies", "07/10/1954", ""]
)
def test_what_is_no_date_for_certain_is_not_read(text: str) -> None:
    assert PartialDate.parse(text) is None
