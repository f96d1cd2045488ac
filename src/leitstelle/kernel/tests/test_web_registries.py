"""Slots, links, navigation and commands: batch calls, order, and what a viewer does not get to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from leitstelle.kernel.events import Subject
from leitstelle.kernel.viewer import Hat, Viewer
from leitstelle.kernel.web import (
    Command,
    Link,
    Panel,
    Slot,
    collect,
    fill,
    link,
    linker,
    links,
    registry,
    slots,
)
from leitstelle.kernel.web.registry import _Registered, nav_items, register_command, register_nav

AGENT = Viewer(person_id=1, hat=Hat.AGENT)
ADMIN = Viewer(person_id=2, hat=Hat.AGENT, is_admin=True)


@dataclass
class Thing:
    pk: int


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", _Registered())
    monkeypatch.setattr(slots, "_fillings", {})


@pytest.mark.usefixtures("empty")
def test_fillers_are_called_once_and_their_panels_come_in_order() -> None:
    calls: list[int] = []

    @fill("page.side", order=20)
    def late(viewer: Viewer, things: Sequence[Any]) -> dict[int, Panel]:
        calls.append(len(things))
        return {thing.pk: Panel("late.html") for thing in things}

    @fill(Slot("page.side"), order=10)
    def early(viewer: Viewer, things: Sequence[Any]) -> dict[int, Panel]:
        return {things[0].pk: Panel("early.html")}

    found = collect("page.side", AGENT, [Thing(1), Thing(2)])
    assert calls == [2]
    assert [panel.template for panel in found[1]] == ["early.html", "late.html"]
    assert [panel.template for panel in found[2]] == ["late.html"]
    assert collect("page.other", AGENT, [Thing(1)]) == {1: []}


@pytest.mark.usefixtures("empty")
def test_registering_the_same_filler_twice_shows_it_once() -> None:
    def panel(viewer: Viewer, things: Sequence[Any]) -> dict[int, Panel]:
        return {thing.pk: Panel("x.html") for thing in things}

    fill("page.side")(panel)
    fill("page.side")(panel)
    assert len(collect("page.side", AGENT, [Thing(1)])[1]) == 1


def test_links_ask_each_kind_once_and_leave_out_what_is_not_visible() -> None:
    asked: list[list[int]] = []

    @linker("sample")
    def sample(viewer: Viewer, ids: Sequence[int]) -> dict[int, Link]:
        asked.append(list(ids))
        return {number: Link(f"/sample/{number}/", f"Sample {number}") for number in ids if number != 3}

    subjects = [Subject("sample", 3), Subject("sample", 1), Subject("unknown", 1)]
    assert links(subjects, AGENT) == {Subject("sample", 1): Link("/sample/1/", "Sample 1")}
    assert asked == [[1, 3]]
    assert link(Subject("sample", 3), AGENT) is None


@pytest.mark.usefixtures("empty")
def test_navigation_is_ordered_and_shows_each_viewer_their_own() -> None:
    register_nav("b", "B", "web:components", "inbox", 20)
    register_nav("a", "A", "web:administration", "settings", 10, lambda viewer: viewer.is_admin)
    register_nav("gone", "Gone", "no:such-url", "x", 5)
    register_nav("p", "P", "web:components", "home", 1, area="portal")
    assert [item.key for item in nav_items(AGENT, "workspace")] == ["b"]
    assert [item.key for item in nav_items(ADMIN, "workspace")] == ["a", "b"]
    assert [item.key for item in nav_items(AGENT, "portal")] == ["p"]


@pytest.mark.usefixtures("empty")
def test_commands_are_hidden_from_those_who_may_not_run_them() -> None:
    register_command(Command("x", "X", "web:components", "x", 1, shows=lambda viewer: viewer.is_admin))
    assert registry.commands(AGENT) == []
    assert [command.key for command in registry.commands(ADMIN)] == ["x"]
