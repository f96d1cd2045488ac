"""The matrix impact × urgency as the component wants it."""

from leitstelle.catalog.queries import Matrix, matrix_of

__all__ = ["Matrix", "matrix_of"]
