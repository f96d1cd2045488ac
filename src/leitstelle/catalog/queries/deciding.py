"""Deciding a priority by matrix and modifiers, and saying why it is what it is."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leitstelle.catalog import rules
from leitstelle.catalog.choices import HIGHEST_RANK
from leitstelle.catalog.labels import name_of
from leitstelle.catalog.models import PriorityModifier
from leitstelle.catalog.queries.categories import path_of
from leitstelle.catalog.queries.matrix import layers_in_use
from leitstelle.catalog.queries.scales import impacts, priorities, urgencies
from leitstelle.catalog.rules import Basis, Case, Decision, Modifier
from leitstelle.kernel.kept import kept


def modifiers() -> list[Modifier]:
    """Return the active modifiers as the rules take them; four statements, one where there are none."""
    rows = list(PriorityModifier.objects.filter(is_active=True))
    if not rows:
        return []
    impacts_of = _keys(PriorityModifier.impacts.through, "impact_id")
    urgencies_of = _keys(PriorityModifier.urgencies.through, "urgency_id")
    categories_of = _keys(PriorityModifier.categories.through, "category_id")
    return [
        Modifier(
            id=row.pk,
            order=row.order,
            steps=row.steps,
            floor=row.floor_id,
            cap=row.cap_id,
            for_vip=row.for_vip,
            organisation_id=row.organisation_id,
            impacts=frozenset(impacts_of[row.pk]),
            urgencies=frozenset(urgencies_of[row.pk]),
            categories=frozenset(categories_of[row.pk]),
        )
        for row in rows
    ]


def _keys(through: type[Model], column: str) -> dict[int, set[Any]]:
    found: dict[int, set[Any]] = defaultdict(set)
    for modifier_id, key in through._default_manager.values_list("prioritymodifier_id", column):
        found[modifier_id].add(key)
    return found


@kept("priority_modifier", "catalog")
def modifiers_in_use() -> list[Modifier]:
    """Return `modifiers` as this process knows them."""
    return modifiers()


@kept("priority_modifier", "catalog")
def _modifier_rows() -> dict[int, PriorityModifier]:
    return {row.pk: row for row in PriorityModifier.objects.all()}


def modifier_keys() -> dict[int, str]:
    """Return the keys of all modifiers by id, those switched off too."""
    return {pk: row.key for pk, row in _modifier_rows().items()}


def case_of(
    impact: str,
    urgency: str,
    *,
    organisation_id: int | None,
    category_id: int | None,
    is_vip: bool,
    service_id: int | None = None,
) -> Case:
    """Return what the rules take, with the path of the category."""
    return Case(impact, urgency, organisation_id, path_of(category_id), is_vip, service_id)


def decided(case: Case, at: datetime) -> Decision:
    """Return the priority of a case classified at a moment (aware), and what it stands on."""
    return rules.decide(case, layers_in_use(case.organisation_id), modifiers_in_use(), at)


def priority_name(rank: int) -> str:
    """Return what a priority is called in the active language."""
    return next((name_of(one) for one in priorities() if one.rank == rank), f"P{rank}")


class PriorityWords:
    """Says why calculated priorities are what they are, in the active language; one for all rows of a page."""

    def __init__(self) -> None:
        self.priorities = {one.rank: name_of(one) for one in priorities()}
        self._impacts = {one.key: name_of(one) for one in impacts()}
        self._urgencies = {one.key: name_of(one) for one in urgencies()}
        self._modifiers: dict[int, PriorityModifier] | None = None

    def told(self, basis: Basis | None, impact: str, urgency: str, rank: int) -> str:
        """Say in a sentence what a priority stands on."""
        words = {
            "priority": self.priorities.get(rank, f"P{rank}"),
            "impact": self._impacts.get(impact, impact),
            "urgency": self._urgencies.get(urgency, urgency),
        }
        if basis is None:
            return _("%(priority)s; impact “%(impact)s”, urgency “%(urgency)s”") % words
        words["base"] = self.priorities.get(basis.base, f"P{basis.base}")
        because = _("%(priority)s, because impact “%(impact)s” × urgency “%(urgency)s” = %(base)s")
        return ", ".join([because % words, *(self._told_step(step) for step in basis.steps)])

    def _told_step(self, step: rules.Step) -> str:
        if self._modifiers is None:
            self._modifiers = _modifier_rows()
        row = self._modifiers.get(step.modifier_id)
        count = step.before - step.after
        told = ngettext("raised by one step: %(name)s", "raised by %(count)s steps: %(name)s", count)
        return told % {"count": count, "name": name_of(row) if row is not None else "–"}


def told_basis(basis: Basis | None, impact: str, urgency: str, rank: int) -> str:
    """Say in a sentence of the active language why a calculated priority is what it is."""
    return PriorityWords().told(basis, impact, urgency, rank)


def told_modifier(row: PriorityModifier) -> str:
    """Say in a sentence when a modifier counts and what it does; asks for what it names unless that is loaded."""
    conditions = [
        _("the person is a VIP") if row.for_vip else "",
        _told_list(_("impact: %(names)s"), [name_of(one) for one in row.impacts.all()]),
        _told_list(_("urgency: %(names)s"), [name_of(one) for one in row.urgencies.all()]),
        _told_list(_("category: %(names)s"), [name_of(one) for one in row.categories.all()]),
        _told_list(_("customer: %(names)s"), [row.organisation.name] if row.organisation else []),
    ]
    when = ", ".join(filter(None, conditions))
    if row.floor is not None:
        does = _("at least %(priority)s") % {"priority": name_of(row.floor)}
    else:
        does = ngettext("raises by one step", "raises by %(count)s steps", row.steps) % {"count": row.steps}
        if row.cap_id > HIGHEST_RANK:
            does = _("%(does)s, to %(priority)s at most") % {"does": does, "priority": name_of(row.cap)}
    return _("%(when)s: %(does)s") % {"when": when, "does": does}


def _told_list(template: str, names: list[str]) -> str:
    return template % {"names": " / ".join(names)} if names else ""
