"""The steps of an escalation chain in a form."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from leitstelle.accounts.models import Team
from leitstelle.accounts.policies import visible_teams
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.viewer import Viewer
from leitstelle.sla.actions import StepInput
from leitstelle.sla.choices import Metric, StepAction
from leitstelle.sla.labels import METRIC, STEP_ACTION
from leitstelle.sla.policies import visible_endpoints

# How many empty steps the form offers beyond those that are there; `do=more-steps` asks for as many again.
SPARE = 3
# So many fields a request may make us build.
_MOST = 200
_NUMBER = re.compile(r"step([1-9][0-9]{0,2})-metric")
_PARTS = ("metric", "percent", "action", "target")


class StepFields(forms.Form):
    """Any number of steps: on which clock, from which part of its target, what happens."""

    step_count = 0

    def _offer_steps(self, viewer: Viewer) -> None:
        teams = visible_teams(viewer).filter(is_active=True)
        endpoints = visible_endpoints(viewer).filter(is_active=True)
        self._targets: dict[str, Team | Endpoint] = {_key(one): one for one in teams}
        self._targets |= {_key(one): one for one in endpoints}
        offered = [("", "–"), (_("Teams"), [(_key(one), one.name) for one in teams])]
        if endpoints:
            offered.append((_("Webhooks"), [(_key(one), one.name) for one in endpoints]))
        self.step_count = self._how_many()
        for number in range(1, self.step_count + 1):
            self._add_step(f"step{number}", _("Step %(number)s") % {"number": number}, offered)

    def _how_many(self) -> int:
        """As many as were sent, or as the version has and some more."""
        names = self.data if self.is_bound else self.initial
        found = (_NUMBER.fullmatch(name) for name in names)
        last = max((int(one.group(1)) for one in found if one is not None), default=0)
        more = SPARE if not self.is_bound or self.data.get("do") == "more-steps" else 0
        return min(last + more, _MOST)

    def _add_step(self, name: str, label: str, targets: list[tuple[Any, Any]]) -> None:
        choices: dict[str, tuple[Any, Any]] = {
            "metric": (_("Deadline"), [("", "–"), *METRIC.items()]),
            "action": (_("What happens"), [("", "–"), *STEP_ACTION.items()]),
            "target": (_("Team or webhook"), targets),
        }
        for key, (what, offered) in choices.items():
            self.fields[f"{name}-{key}"] = forms.ChoiceField(
                label=f"{label}: {what}", choices=offered, required=False
            )
        self.fields[f"{name}-percent"] = forms.IntegerField(
            label=f"{label}: {_('Per cent of the target')}", required=False, min_value=1, max_value=500
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(1, self.step_count + 1):
            parts = [cleaned.get(f"step{number}-{key}") for key in ("metric", "percent", "action")]
            if any(parts) and not all(parts):
                self.add_error(f"step{number}-percent", _("Please complete this step, or empty it."))
        return cleaned

    def step_rows(self) -> list[list[BoundField]]:
        """The fields of every step, in the order people read them."""
        return [[self[f"step{number}-{key}"] for key in _PARTS] for number in range(1, self.step_count + 1)]

    def steps(self) -> Iterator[StepInput]:
        """The steps that are complete."""
        for number in range(1, self.step_count + 1):
            metric, percent, action, key = (self.cleaned_data.get(f"step{number}-{key}") for key in _PARTS)
            if metric and percent and action:
                target = self._targets.get(key or "")
                team = target if isinstance(target, Team) else None
                endpoint = target if isinstance(target, Endpoint) else None
                yield StepInput(Metric(metric), percent, StepAction(action), team, endpoint)


def _key(target: Team | Endpoint) -> str:
    return f"{'team' if isinstance(target, Team) else 'webhook'}-{target.pk}"


def initial_steps(steps: Iterable[StepInput]) -> dict[str, Any]:
    """What the form shows for the steps of a version."""
    initial: dict[str, Any] = {}
    for number, step in enumerate(steps, start=1):
        target = step.team or step.endpoint
        values = (step.metric, step.percent, step.action, _key(target) if target else "")
        for key, value in zip(_PARTS, values, strict=True):
            initial[f"step{number}-{key}"] = value
    return initial
