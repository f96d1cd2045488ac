"""Pure rules of categories and priorities."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Mapping

from leitstelle.catalog.choices import LOWEST_RANK

_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}

Cells = Mapping[tuple[str, str], int]


def priority_for(cells: Cells, impact: str, urgency: str) -> int:
    """Return the rank (1 is worst) that the matrix gives; the lowest where it has no such cell."""
    return cells.get((impact, urgency), LOWEST_RANK)


def matrix_version(cells: Cells) -> str:
    """Return a fingerprint of a matrix, so that an editor can say which one they saw."""
    text = ";".join(f"{impact},{urgency}={rank}" for (impact, urgency), rank in sorted(cells.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def category_key(parent_key: str, name: str, taken: Collection[str]) -> str:
    """Return a free key `parent.name` of `a-z0-9_` that stays when the category is renamed or moved."""
    plain = name.lower().translate(_UMLAUTS)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    word = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:40] or "category"
    base = f"{parent_key[:70]}.{word}" if parent_key else word
    key, number = base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key
