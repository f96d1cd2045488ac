"""Callers by number in every spelling, by name, address and customer; through visible people only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts.actions import Scope
from leitstelle.accounts.models import Organisation, Person
from leitstelle.accounts.queries.callers import country_of, dial_countries, find_callers, organisation_named
from leitstelle.accounts.rules import is_number, normalise_phone, number_beginning, number_end
from leitstelle.accounts.tests.cast import (
    SYSTEM,
    as_agent,
    as_requester,
    email,
    make_agent,
    make_organisation,
    make_person,
    phone,
)

SIGNS = st.sampled_from(["", " ", "-", "/", ".", "  ", "\N{NO-BREAK SPACE}", "\N{EN DASH}"])
FRONTS = st.sampled_from(
    ["0", "+49", "0049", "+49 ", "0049 ", "+49 (0)", "0049 (0) ", "(0", "+49-", "00 49 ", "tel:+49"]
)
AREA = st.sampled_from(["30", "40", "89", "431", "4821"])


@st.composite
def spellings(draw: st.DrawFn) -> tuple[str, str]:
    """One German number as two people would type it."""
    area, local = draw(AREA), draw(st.from_regex(r"[2-9]\d{5,6}", fullmatch=True))

    def typed() -> str:
        front = draw(FRONTS)
        behind = ")" if front == "(0" else ""
        return f"{front}{area}{behind}{draw(SIGNS)}" + "".join(digit + draw(SIGNS) for digit in local).strip()

    return typed(), typed()


@given(spellings())
def test_one_number_in_many_spellings_is_the_same(pair: tuple[str, str]) -> None:
    first, second = pair
    assert is_number(first), first
    assert normalise_phone(first) == normalise_phone(second)


@given(spellings(), st.integers(min_value=4, max_value=9))
def test_the_beginning_of_a_number_is_a_beginning_of_it(pair: tuple[str, str], digits: int) -> None:
    typed = pair[0]
    cut, seen = "", 0
    for char in typed:
        cut += char
        seen += char.isdigit()
        if seen == digits + 4:
            break
    beginning = number_beginning(cut)
    assert not beginning or normalise_phone(typed).startswith(beginning.rstrip("0")), (typed, cut, beginning)


@pytest.mark.parametrize(
    "typed",
    ["030/123456", "+49 30 123456", "0049 30 123456", "+49 (0)30 123456", "(030) 12 34 56", "030-123456"],
)
def test_usual_spellings(typed: str) -> None:
    assert normalise_phone(typed) == "+4930123456"
    assert number_beginning(typed) == "+4930123456"


@pytest.mark.parametrize("text", ["Brandt", "ab12", "", "12", "brandt@werk.example", "Raum 417"])
def test_words_are_no_numbers(text: str) -> None:
    assert not is_number(text)


def test_extensions_and_switchboards() -> None:
    assert number_end("-417") == "417"
    assert number_end("0417") == ""
    assert number_end("0301234567") == ""
    assert number_beginning("030 123456-0") == "+4930123456"
    assert number_beginning("030") == ""
    assert number_beginning("044 668 18 00", "CH") == "+41446681800"
    assert is_number("030 123456 Durchwahl 17")


@pytest.fixture
def people(db: None) -> dict[str, Person]:
    north = make_organisation("Werk Nord", "werk-nord.example")
    south = make_organisation("Süd & Söhne", "sued.example")
    return {
        "brandt": make_person(
            "Miriam Brandt",
            email("miriam.brandt@werk-nord.example"),
            phone("030/123456-17"),
            organisation=north,
        ),
        "ort": make_person("Karl Ort", phone("+49 30 123456-0"), organisation=north),
        "nordmann": make_person("Nora Nordmann", phone("0431 998877"), organisation=south),
    }


def _names(found: list[Person]) -> list[str]:
    return [person.display_name for person in found]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("+49 30 12345617", ["Miriam Brandt"]),
        ("0049 (30) 123456/17", ["Miriam Brandt"]),
        ("030 123456 99", ["Karl Ort"]),
        ("030 123456-0", ["Karl Ort", "Miriam Brandt"]),
        ("0431 9988", ["Nora Nordmann"]),
        ("-17", []),
        ("877", ["Nora Nordmann"]),
        ("brandt miriam", ["Miriam Brandt"]),
        ("Brandt, Miriam", ["Miriam Brandt"]),
        ("miriam.brandt@", ["Miriam Brandt"]),
        ("nord", ["Nora Nordmann", "Miriam Brandt", "Karl Ort"]),
        ("sohne", ["Nora Nordmann"]),
        ("niemand", []),
        ("  ", []),
    ],
)
def test_callers_are_found(people: dict[str, Person], typed: str, expected: list[str]) -> None:
    agent = make_agent("Jonas Wendt", email("jonas.wendt@desk.example"))
    assert _names(find_callers(as_agent(agent), typed, limit=8)) == expected


def test_nobody_finds_people_outside_their_scope(people: dict[str, Person]) -> None:
    scoped = make_agent(
        "Gerd Eng",
        email("gerd.eng@desk.example"),
        scope=Scope(organisation=people["nordmann"].organisation),
    )
    viewer = as_agent(scoped)
    for typed in ("brandt", "030 123456-17", "miriam.brandt@", "werk nord", "Brantd Miriam"):
        assert _names(find_callers(viewer, typed, limit=8)) == []
    assert _names(find_callers(viewer, "0431 998877", limit=8)) == ["Nora Nordmann"]
    assert organisation_named(viewer, "Werk Nord") is None
    assert find_callers(as_requester(people["brandt"]), "0431 998877", limit=8) == []


def test_countries_and_customers_by_name(people: dict[str, Person]) -> None:
    assert dial_countries() == ["DE"]
    south = people["nordmann"].organisation
    assert south is not None
    south.sites.create(name="Zürich", country="CH")
    assert country_of(south) == "CH"
    assert country_of(None) == "CH"
    assert organisation_named(SYSTEM, "süd") == south
    assert organisation_named(SYSTEM, "") is None
    Organisation.objects.create(name="Süd AG", sort_name="sud ag", created_at=south.created_at)
    assert organisation_named(SYSTEM, "süd") is None
    assert organisation_named(SYSTEM, "Süd & Söhne") == south


def test_found_callers_take_a_bounded_number_of_statements(
    people: dict[str, Person], django_assert_max_num_queries: object
) -> None:
    agent = as_agent(make_agent("Jonas Wendt", email("jonas.wendt@desk.example")))
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        find_callers(agent, "030 123456-0", limit=8)
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        find_callers(agent, "nord", limit=8)
