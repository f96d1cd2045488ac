"""Keys of categories."""

import re
import unicodedata
from collections.abc import Collection

_UMLAUTS = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue", ord("ß"): "ss"}


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
