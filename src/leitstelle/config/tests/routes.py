"""All addresses of the product by their names."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def every_route() -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the root with its full name; one without a name is called by what it matches."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: Iterable[URLPattern | URLResolver], namespace: str) -> Iterator[tuple[str, URLPattern]]:
    for found in patterns:
        if isinstance(found, URLPattern):
            yield namespace + (found.name or f"({found.pattern})"), found
        else:
            inner = f"{namespace}{found.namespace}:" if found.namespace else namespace
            yield from _walk(found.url_patterns, inner)
