"""Sample values for the component gallery."""

from typing import Any


def context(language: str | None) -> dict[str, Any]:
    """Values for every component in every state."""
    return {}
