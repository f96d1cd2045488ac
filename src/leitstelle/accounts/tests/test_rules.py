"""Addresses, numbers and names, without a database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.accounts import rules

BERLIN = "+4930123456"


@pytest.mark.parametrize(
    "typed",
    [
        "030/123456",
        "030-12 34 56",
        "(030) 123456",
        "+49 (0)30 123456",
        "+49 30 123456",
        "0049 30 123456",
        "0049 (0) 30 / 12 34 56",
        "tel:+49-30-123456",
        "\N{FULLWIDTH DIGIT ZERO}30 123456",
        "030 123456\u00a0",
    ],
)
def test_one_line_however_it_is_written(typed: str) -> None:
    assert rules.normalise_phone(typed) == BERLIN


@pytest.mark.parametrize(
    ("typed", "country", "expected"),
    [
        ("(030) 123456-0", "DE", "+49301234560"),
        ("030 123456-12", "DE", "+493012345612"),
        ("030 123456 Durchwahl 12", "DE", "+493012345612"),
        ("030 123456 ext. 12", "DE", "+493012345612"),
        ("+1 650-253-0000 ext. 12", "DE", "+16502530000"),
        ("01 58858-0", "AT", "+431588580"),
        ("044 668 18 00", "CH", "+41446681800"),
        ("0171 1234567", "DE", "+491711234567"),
    ],
)
def test_extensions_and_countries(typed: str, country: str, expected: str) -> None:
    assert rules.normalise_phone(typed, country) == expected


@pytest.mark.parametrize(
    "typed", ["", "-", "4711", "anonymous", "0800 TAXI123", "+", "sip:eva@example.org", "1" * 40]
)
def test_what_cannot_be_dialled_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        rules.normalise_phone(typed)


@given(st.text(max_size=40))
def test_numbers_are_refused_or_settled(typed: str) -> None:
    try:
        once = rules.normalise_phone(typed)
    except ValueError:
        return
    assert once.startswith("+")
    assert once[1:].isascii()
    assert once[1:].isdigit()
    assert len(once) <= 17
    assert rules.normalise_phone(once) == once


@given(
    st.sampled_from(["030/{}", "+49 (0)30 {}", "0049 30 {}", "030-{}"]),
    st.from_regex(r"[1-9][0-9]{5,7}", fullmatch=True),
)
def test_ways_of_writing_agree(form: str, digits: str) -> None:
    assert rules.normalise_phone(form.format(digits)) == f"+4930{digits}"


@pytest.mark.parametrize(
    ("caller", "stored", "expected"),
    [
        ("+493012345678", [("+4930123456", "030 123456")], ["+4930123456"]),
        ("+493012345678", [("+49301234560", "030 123456-0")], ["+49301234560"]),
        ("+4930123456", [("+49301234560", "030 123456-0")], ["+49301234560"]),
        ("+49301234560", [("+4930123456", "030 123456")], ["+4930123456"]),
        # The extension 70 of a colleague is no switchboard.
        ("+493012345678", [("+493012345670", "030 123456-70")], []),
        # Longest line first, exact before all.
        ("+493012345678", [("+4930123456", "030 123456"), ("+49301234567", "030 1234567")], ["+49301234567"]),
        ("+493012345678", [("+4930123456", "x"), ("+493012345678", "y")], ["+493012345678"]),
        ("+493012345678", [("+4930999", "030 999"), ("+4930", "030")], []),
        # Mobile numbers have no extensions.
        ("+491711234567", [("+49171123456", "0171 123456")], []),
    ],
)
def test_callers_find_their_line(caller: str, stored: list[tuple[str, str]], expected: list[str]) -> None:
    assert rules.best_phone_matches(caller, stored) == expected


@given(st.from_regex(r"\+4930[1-9][0-9]{5,8}", fullmatch=True))
def test_the_number_itself_is_the_best_candidate(number: str) -> None:
    candidates = rules.phone_candidates(number)
    assert candidates[0] == number
    assert len(candidates) == len(set(candidates)) or len(set(candidates)) > 1
    assert rules.best_phone_matches(number, [(number, number), (number[:-1], number[:-1])]) == [number]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Eva.Brandt@Example.ORG", "eva.brandt@example.org"),
        ("  <eva@example.org>  ", "eva@example.org"),
        ("eva@bücher.example", "eva@xn--bcher-kva.example"),
        ("eva@BÜCHER.example.", "eva@xn--bcher-kva.example"),
        ("eva@xn--bcher-kva.example", "eva@xn--bcher-kva.example"),
        ("eva@straße.example", "eva@xn--strae-oqa.example"),
        ("müller@example.org", "müller@example.org"),
        ("mu\u0308ller@example.org", "müller@example.org"),
        ('"eva"@example.org', "eva@example.org"),
        ('"Eva Brandt"@example.org', '"eva brandt"@example.org'),
        ("eva+it@example.org", "eva+it@example.org"),
        ("eva@[192.0.2.1]", "eva@[192.0.2.1]"),
        ("eva@my_host.local", "eva@my_host.local"),
        ("eva@localhost", "eva@localhost"),
        ("a..b@docomo.example", "a..b@docomo.example"),
    ],
)
def test_addresses_compare_in_one_form(typed: str, expected: str) -> None:
    assert rules.normalise_email(typed) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "eva",
        "@example.org",
        "eva@",
        "eva brandt@example.org",
        "eva@exa mple.org",
        "eva@example..org",
        "eva@-example.org",
        "a@b@example.org",
        "eva\n@example.org",
        '"eva\r\nBcc: x"@example.org',
        f"{'a' * 65}@example.org",
        f"eva@{'a' * 64}.org",
        f"eva@{'a.' * 130}org",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        rules.normalise_email(typed)


@given(st.text(max_size=60).map(lambda text: f"{text}@example.org") | st.emails() | st.text(max_size=80))
def test_addresses_are_refused_or_settled(typed: str) -> None:
    try:
        once = rules.normalise_email(typed)
    except ValueError:
        return
    assert rules.normalise_email(once) == once
    assert "\n" not in once
    assert "\r" not in once
    assert once.rpartition("@")[2].isascii()
    assert len(once.encode()) <= rules.MAX_ADDRESS


@given(st.emails())
def test_case_never_makes_a_second_person(address: str) -> None:
    assert rules.normalise_email(address.upper()) == rules.normalise_email(address.lower())


def test_domains_above() -> None:
    assert rules.parent_domains("mail.muenchen.example.org") == [
        "mail.muenchen.example.org",
        "muenchen.example.org",
        "example.org",
    ]
    assert rules.parent_domains("localhost") == ["localhost"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Eva Brandt", ("Eva", "Brandt")),
        ("Brandt, Eva", ("Eva", "Brandt")),
        ("Brandt, Dr. Eva", ("Eva", "Brandt")),
        ("Prof. Dr.-Ing. Eva Maria Brandt", ("Eva Maria", "Brandt")),
        ("Frau Eva Brandt", ("Eva", "Brandt")),
        ("Ludwig van Beethoven", ("Ludwig", "van Beethoven")),
        ("Anna von der Heide", ("Anna", "von der Heide")),
        ("Brandt", ("", "Brandt")),
        ("", ("", "")),
    ],
)
def test_names_split(name: str, expected: tuple[str, str]) -> None:
    assert rules.split_name(name) == expected


@given(st.text(max_size=300))
def test_names_stay_on_one_line(name: str) -> None:
    cleaned = rules.clean_name(name)
    assert "\n" not in cleaned
    assert "\x00" not in cleaned
    assert len(cleaned) <= 200
    assert cleaned == cleaned.strip()
    rules.split_name(cleaned)


def test_name_of_somebody_unknown() -> None:
    assert rules.name_from_address("eva.brandt@example.org") == "Eva Brandt"
    assert rules.name_from_address("e.brandt@example.org") == "e.brandt@example.org"
    assert rules.name_from_address("x17@example.org") == "x17@example.org"


@given(st.text(max_size=60), st.sets(st.from_regex(r"[a-z]{1,5}", fullmatch=True)))
def test_keys_are_free_and_plain(name: str, taken: set[str]) -> None:
    key = rules.free_key(name, taken)
    assert key not in taken
    assert len(key) <= 40
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
