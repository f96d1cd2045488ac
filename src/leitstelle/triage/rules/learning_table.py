"""Reading labelled tickets from a CSV of unknown origin: encoding and separator found out, broken rows told apart."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

from leitstelle.triage.choices import Flaw

SEPARATORS = ",;\t|"
_SAMPLE = 64 * 1024
LONGEST_FIELD = 1_000_000


class TableError(ValueError):
    """The file cannot be used at all; `values` belong to the sentence of the flaw."""

    def __init__(self, flaw: Flaw, **values: str) -> None:
        super().__init__(f"{flaw} {values}")
        self.flaw, self.values = flaw, values


@dataclass(frozen=True)
class Skipped:
    """A row that was left out: the line of the file it begins in, and why; `values` belong to the sentence."""

    line: int
    flaw: Flaw
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass
class Table:
    """What could be read: one text, one label and, where asked for, one group per row."""

    texts: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def read_table(raw: bytes, *, text: Sequence[str], label: str, group: str = "") -> Table:
    """Read the columns named; several text columns are joined in their order.

    Rows with too few or too many fields, without a label or without any text are left out and told. Raises
    `TableError` where a column is missing or no row is left.
    """
    content = _decoded(raw)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=_separator(content))
    csv.field_size_limit(LONGEST_FIELD)
    rows = _rows(reader)
    _line, header, _problem = next(rows, (0, [], ""))
    header = [name.strip() for name in header]
    places = [_place(header, name) for name in text]
    label_place = _place(header, label)
    group_place = _place(header, group) if group else None
    table = Table()
    for line, row, problem in rows:
        if problem:
            table.skipped.append(Skipped(line, Flaw.UNREADABLE, {"reason": problem}))
            continue
        flaw = _flaw_of(row, header, places, label_place)
        if flaw is not None:
            table.skipped.append(Skipped(line, flaw, {"count": len(row), "wanted": len(header)}))
            continue
        table.texts.append("\n".join(row[place].strip() for place in places if row[place].strip()))
        table.labels.append(row[label_place].strip())
        if group_place is not None:
            table.groups.append(row[group_place].strip() or f"row {line}")
    if not table.texts:
        raise TableError(Flaw.NO_ROWS)
    return table


def _rows(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str], str]]:
    """Rows that are not empty with the line they begin on; a row that cannot be read comes empty with the reason."""
    line = 1
    while True:
        begins = line
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            line = reader.line_num + 1  # type: ignore[attr-defined]
            yield begins, [], str(error)
            continue
        line = reader.line_num + 1  # type: ignore[attr-defined]
        if any(value.strip() for value in row):
            yield begins, row, ""


def _flaw_of(row: list[str], header: list[str], places: list[int], label: int) -> Flaw | None:
    if len(row) != len(header):
        return Flaw.FIELDS
    if not row[label].strip():
        return Flaw.NO_LABEL
    if "\n" in row[label].strip():
        # The rest of the file up to the next quotation mark is in it.
        return Flaw.LONG_LABEL
    if not any(row[place].strip() for place in places):
        return Flaw.NO_TEXT
    return None


def _place(header: list[str], name: str) -> int:
    if name in header:
        return header.index(name)
    lowered = [known.lower() for known in header]
    if lowered.count(name.lower()) == 1:
        return lowered.index(name.lower())
    raise TableError(Flaw.NO_COLUMN, name=name, known=", ".join(header) or "–")


def _decoded(raw: bytes) -> str:
    if not raw.strip():
        raise TableError(Flaw.EMPTY)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace").replace("\0", "")
    try:
        return raw.decode("utf-8-sig").replace("\0", "")
    except UnicodeDecodeError:
        found = from_bytes(raw[:_SAMPLE], cp_isolation=["cp1252", "cp1250", "mac_roman"]).best()
        return raw.decode(found.encoding if found else "cp1252", "replace").replace("\0", "")


def _separator(content: str) -> str:
    """The separator that the header line uses most, outside quotation marks."""
    header = next(iter(content.splitlines()), "")
    bare = "".join(header.split('"')[::2])
    best = max(SEPARATORS, key=bare.count)
    return best if bare.count(best) else ","
