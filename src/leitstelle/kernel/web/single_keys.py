"""Keeping whether a person uses keys without Ctrl: the kernel knows the cookie of guests, `accounts` the person."""

from collections.abc import Callable

from leitstelle.kernel.viewer import Viewer

Keeper = Callable[[Viewer, bool], None]

_keepers: list[Keeper] = []


def register_keys_keeper(keep: Keeper) -> Keeper:
    """Let `accounts` store the choice; called with the viewer and whether single keys are on."""
    _keepers[:] = [keep]
    return keep


def remember(viewer: Viewer, on: bool) -> None:
    """Store the choice where somebody is signed in."""
    if viewer.person_id is not None:
        for keep in _keepers:
            keep(viewer, on)
