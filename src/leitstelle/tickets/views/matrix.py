"""The matrix impact × urgency as the component wants it."""

from dataclasses import dataclass

from leitstelle.catalog.labels import name_of
from leitstelle.catalog.queries import impacts, matrix_in_use, priorities, urgencies


@dataclass(frozen=True)
class Matrix:
    """Rows are urgencies from worst to mildest, columns impacts from one person to everybody."""

    rows: list[tuple[str, str]]
    columns: list[tuple[str, str]]
    cells: dict[tuple[str, str], tuple[str, str]]


def matrix_of(organisation_id: int | None) -> Matrix:
    """Return the matrix that counts for an organisation, named in the active language."""
    names = {priority.rank: name_of(priority) for priority in priorities()}
    cells = {
        (urgency, impact): (f"P{rank}", names.get(rank, ""))
        for (impact, urgency), rank in matrix_in_use(organisation_id).items()
    }
    return Matrix(
        rows=[(one.key, name_of(one)) for one in urgencies()],
        columns=[(one.key, name_of(one)) for one in impacts()],
        cells=cells,
    )
