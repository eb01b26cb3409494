"""Folding, comparing and finding names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kyc.screening.folding import fold, is_spelt_out, sound
from kyc.screening.name_comparison import compare_names
from kyc.screening.simulation import PERTURBATIONS, NameSource
from kyc.screening.word_index import WordIndex
from kyc.screening.words import candidate_query, name_words

# Spellings of one name that newspapers and authorities have used side by side.
SPELLINGS = [
    ("Mohammed Yousef", "Muhammad Yusuf"),
    ("Muammar Gaddafi", "Moammar Qadhafi"),
    ("Aleksandr Lukashenko", "Alexander Lukaschenko"),
    ("Sergey Ivanov", "Serguei Ivanov"),
    ("Pyotr Tchaikovsky", "Petr Chaykovskiy"),
    ("Владимир Иванов", "Wladimir Iwanow"),
    ("Jürgen Müller", "Juergen Mueller"),
    ("Abdul Rahman Hussein", "Abdulrahman Husain"),
    ("Şükrü Yıldız", "Sukru Yildiz"),
    ("Γεώργιος Παπαδόπουλος", "Georgios Papadopoulos"),
    ("Գևորգ Պետրոսյան", "Gevorg Petrosyan"),
    ("გიორგი ბერიძე", "Giorgi Beridze"),
    ("習近平", "Xi Jinping"),
]
words = st.lists(
    st.text("abcdefghiklmnoprstuvz", min_size=3, max_size=9), min_size=2, max_size=5, unique=True
)


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_another_spelling_is_found_and_alike(one: str, other: str) -> None:
    index = WordIndex[str]()
    index.add([one], "the person")

    assert index.candidates(other) == ["the person"]
    assert compare_names(other, one).score >= 0.75


@pytest.mark.parametrize(
    ("customer", "listed"),
    [
        ("XIAOMING WANG", "Wang Xiao Ming"),
        ("ABDULRAHMAN KHALID", "KHALID, Abdul Rahman"),
        ("JONGUN KIM", "KIM, Jong Un"),
        ("KIM, Jong Un", "Jongun Kim"),
        ("Marialuisa Annagrazia Bianchi", "BIANCHI, Maria Luisa Anna Grazia"),
    ],
)
def test_words_joined_on_one_side_agree_in_any_order(customer: str, listed: str) -> None:
    index = WordIndex[str]()
    index.add([listed], "the person")

    compared = compare_names(customer, listed)

    assert index.candidates(customer) == ["the person"]
    assert compared.score >= 0.9
    assert compared.sentence.endswith("; some are written as one.")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xiaoming Wang", "Wang Xiao"),
        ("Lina Wang", "Li Na"),
        ("Lina Brown", "Li Na Smith"),
        ("Jongun Kim", "Jong Un Park"),
        ("Abdulrahman Khalid", "Abdul Rahman Yusuf"),
        ("Marianna Rossi", "Mari Anna"),
    ],
)
def test_a_joined_word_alone_is_no_person(one: str, other: str) -> None:
    assert compare_names(one, other).score < 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ivan Petrov", "Ivan Sidorov"),
        ("Maria Garcia Lopez", "Maria Fernandez"),
        ("Anna Schmidt", "Johanna Schulz"),
        ("Li Wei", "Wang Fang"),
    ],
)
def test_other_people_are_not_alike(one: str, other: str) -> None:
    assert compare_names(one, other).score < 0.75


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Müller-Groß", "Nguyễn Văn Đức", "Şükrü Yıldız", "Владимир Щукин", "Γεώργιος Παπάς",
        "Գևորգ Պետրոսյան", "გიორგი ბერიძე", "ʿAbd ar-Raḥmān", "Ｋｉｍ", "1 (2)",
    ],
)  # fmt: skip
def test_letters_that_write_every_sound_are_spelt_out(name: str) -> None:
    assert is_spelt_out(name)


@pytest.mark.parametrize(
    ("name", "in_latin"),
    [
        ("محمد علي", "Mohamed Ali"),
        ("משה כהן", "Moshe Cohen"),
        ("山田太郎", "Yamada Taro"),
        ("김정은", "Kim Jong Un"),
    ],
)
def test_a_name_that_its_latin_spelling_does_not_find_is_not_spelt_out(
    name: str, in_latin: str
) -> None:
    assert compare_names(in_latin, name).score < 0.75
    assert not is_spelt_out(name)


@given(st.text(max_size=60))
def test_folding_gives_plain_words_and_changes_nothing_twice(text: str) -> None:
    folded = fold(text)

    assert folded == " ".join(folded.split())
    assert all(letter in "abcdefghijklmnopqrstuvwxyz " for letter in folded)
    assert set(sound(folded)) <= set("abcdefghijklmnopqrstuvwxyz ")


@given(words, st.randoms(use_true_random=False))
def test_order_does_not_matter(chosen: list[str], random: object) -> None:
    shuffled = random.sample(chosen, len(chosen))  # type: ignore[attr-defined]

    assert compare_names(" ".join(chosen), " ".join(shuffled)).score == pytest.approx(1.0)


@given(words, words)
def test_comparing_is_symmetric_and_bounded(one: list[str], other: list[str]) -> None:
    there = compare_names(" ".join(one), " ".join(other)).score

    assert 0.0 <= there <= 1.0
    assert there == pytest.approx(compare_names(" ".join(other), " ".join(one)).score)


@given(st.text(max_size=60))
def test_no_name_breaks_out_of_the_condition(text: str) -> None:
    query = candidate_query(name_words(text), {})

    assert set(query) <= set("abcdefghijklmnopqrstuvwxyz'=|&()")
    assert query.count("'") % 2 == 0


def test_neither_joining_two_words_nor_order_matters() -> None:
    people = NameSource(np.random.default_rng(12)).draw(200)
    names = [person.words for person in people if len(person.words) > 2]

    alike = [
        compare_names(" ".join((*others, first + second)), " ".join((first, second, *others)))
        for first, second, *others in names
    ]

    assert sum(one.score >= 0.95 for one in alike) >= 0.95 * len(names)


@pytest.mark.parametrize("way", PERTURBATIONS)
def test_names_written_otherwise_are_found(way: str) -> None:
    # What the search finds of generated names is measured by bench/screening.py; here the limits
    # are so wide that only a fault crosses them.
    rng = np.random.default_rng(11)
    people = NameSource(rng).draw(400)
    index = WordIndex[int]()
    for number, person in enumerate(people):
        index.add([str(person)], number)

    found = sum(
        number in index.candidates(PERTURBATIONS[way](people[number], rng)) for number in range(100)
    )

    assert found >= 80
