"""Keeping a person's language: the kernel knows the cookie, `accounts` knows the person."""

from collections.abc import Callable

from leitstelle.kernel.viewer import Viewer

Keeper = Callable[[Viewer, str], None]

_keepers: list[Keeper] = []


def register_language_keeper(keep: Keeper) -> Keeper:
    """Let `accounts` store the language a person chose; called with the viewer and `de` or `en`."""
    _keepers[:] = [keep]
    return keep


def remember(viewer: Viewer, code: str) -> None:
    """Store the choice where somebody is signed in."""
    if viewer.person_id is not None:
        for keep in _keepers:
            keep(viewer, code)
