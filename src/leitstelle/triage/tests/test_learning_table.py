"""Labelled tickets from CSV files of unknown origin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitstelle.triage.choices import Flaw
from leitstelle.triage.labels import FLAW
from leitstelle.triage.rules.learning_table import TableError, read_table


def read(raw: bytes, **columns: object) -> object:
    return read_table(raw, **({"text": ["text"], "label": "label"} | columns))  # type: ignore[arg-type]


def test_broken_rows_are_left_out_and_told() -> None:
    raw = b'text,label\n"zwei\nZeilen",a\nzu,viele,felder\n,a\nohne label,\nletzte,b\nabgeschn'
    table = read_table(raw, text=["text"], label="label")
    assert table.texts == ["zwei\nZeilen", "letzte"]
    assert table.labels == ["a", "b"]
    assert [(one.line, one.flaw) for one in table.skipped] == [
        (4, Flaw.FIELDS),
        (5, Flaw.NO_TEXT),
        (6, Flaw.NO_LABEL),
        (8, Flaw.FIELDS),
    ]


def test_a_missing_quotation_mark_is_told_where_it_took_rows_along() -> None:
    raw = b'text,label\neins,a\nzwei,"b\ndrei,b\nvier,b\n'
    table = read_table(raw, text=["text"], label="label")
    assert table.labels == ["a"]
    assert [(one.line, one.flaw) for one in table.skipped] == [(3, Flaw.LONG_LABEL)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    raw = f"Text{separator}Label{separator}Gruppe\nDrucker träge, müde{separator}a{separator}1\n"
    table = read_table(
        raw.replace("träge, müde", '"träge, müde"' if separator == "," else "träge, müde")
        .replace('Drucker "', '"Drucker ')
        .encode(encoding),
        text=["text"],
        label="label",
        group="Gruppe",
    )
    assert table.texts == ["Drucker träge, müde"]
    assert table.groups == ["1"]


def test_several_text_columns_are_joined() -> None:
    table = read_table(b"s,b,l\nhead,body,x\n,only,y\n", text=["s", "b"], label="l")
    assert table.texts == ["head\nbody", "only"]


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"text,label\n", b"a,b\n1,2\n", b"text,label\n,\n"])
def test_unusable_files_are_refused_with_a_sentence(raw: bytes) -> None:
    with pytest.raises(TableError) as refused:
        read_table(raw, text=["text"], label="label")
    assert (str(FLAW[refused.value.flaw]) % refused.value.values).endswith(".")


@given(st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_sentence(raw: bytes) -> None:
    for content in (raw, b"text,label\n" + raw):
        try:
            table = read_table(content, text=["text"], label="label")
        except TableError:
            continue
        assert len(table.texts) == len(table.labels)


def test_every_row_left_out_can_be_told() -> None:
    raw = b'text,label\na,b,c\n,a\nohne label,\nzwei,"b\ndrei,b\n'
    for one in read_table(b"text,label\ngut,a\n" + raw, text=["text"], label="label").skipped:
        assert "%" not in str(FLAW[one.flaw]) % one.values
