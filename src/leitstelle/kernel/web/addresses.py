"""Addresses of named pages, remembered: a list holds hundreds, and Django puts each together anew."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, get_script_prefix, reverse

# Some hundred bytes each.
_MOST = 10_000


def address(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named page. Raises NoReverseMatch."""
    return _address(settings.ROOT_URLCONF, get_script_prefix(), name, args, tuple(kwargs.items()))


def address_or_nothing(name: str) -> str:
    """Return the address of a page of another domain, empty where that is not installed."""
    try:
        return address(name)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=_MOST, typed=True)
def _address(
    _urls: str, _prefix: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]
) -> str:
    return reverse(name, args=args or None, kwargs=dict(kwargs) or None)
