"""Setting up webhooks: administrators only."""

import secrets
from dataclasses import dataclass, fields
from datetime import datetime

from django.db import IntegrityError, transaction

from leitstelle.accounts.models import Organisation, Team
from leitstelle.automation import labels, policies
from leitstelle.automation.errors import HookNameTaken, MappingNotUsable
from leitstelle.automation.events import HookChanged, HookCreated
from leitstelle.automation.models import InboundHook
from leitstelle.automation.rules.mapping import Fault, faults_of_conditions, faults_of_template
from leitstelle.automation.rules.proof import OVERLAP
from leitstelle.catalog.models import Category
from leitstelle.kernel.events import Subject, record, unit
from leitstelle.kernel.versioned import change_row
from leitstelle.kernel.viewer import Viewer

TEMPLATES = ("subject", "text", "matter", "requester", "device")
CONDITIONS = ("only_when", "over_when")
_TEXTS = {"unbalanced": labels.UNBALANCED, "path": labels.NO_PATH, "comparison": labels.NO_COMPARISON}


@dataclass(frozen=True, kw_only=True)
class HookInput:
    """The settings of a webhook; its secret is made apart. What the templates mean: `rules.mapping`."""

    name: str
    subject: str
    text: str = ""
    matter: str = ""
    requester: str = ""
    device: str = ""
    only_when: str = ""
    over_when: str = ""
    resolves: bool = False
    organisation: Organisation | None = None
    team: Team | None = None
    category: Category | None = None
    impact: str = "person"
    urgency: str = "hindered"
    is_active: bool = True


@unit()
def create_hook(new: HookInput, *, by: Viewer, now: datetime) -> InboundHook:
    """Add a webhook. Administrators. Event `inbound_hook.created`.

    Raises `NotAllowed`, `HookNameTaken`, `MappingNotUsable` with the lines at fault.
    """
    policies.require_administrator(by)
    _check(new)
    try:
        with transaction.atomic():
            hook = InboundHook.objects.create(created_at=now, **_columns(new))
    except IntegrityError as error:
        raise HookNameTaken(fields={"name": HookNameTaken.default_message}) from error
    record(HookCreated(), subject=_subject(hook), actor=by.actor, at=now)
    return hook


@unit()
def change_hook(hook: InboundHook, new: HookInput, *, version: int, by: Viewer, now: datetime) -> InboundHook:
    """Change a webhook. Administrators. Event `inbound_hook.changed` where something did.

    Raises what `create_hook` raises, and `Conflict` where somebody else changed it meanwhile.
    """
    policies.require_administrator(by)
    _check(new)
    values = _columns(new)
    try:
        changed = change_row(hook, values, version=version)
    except IntegrityError as error:
        raise HookNameTaken(fields={"name": HookNameTaken.default_message}) from error
    if not changed:
        return hook
    record(HookChanged(fields=changed), subject=_subject(hook), actor=by.actor, at=now)
    return InboundHook.objects.get(pk=hook.pk)


@unit()
def make_secret(hook: InboundHook, *, by: Viewer, now: datetime) -> str:
    """Give a webhook a new secret and return it, this once; the one before is taken as well for `OVERLAP`.

    Administrators. Event `inbound_hook.changed`. Raises `NotAllowed`.
    """
    policies.require_administrator(by)
    secret = secrets.token_urlsafe(24)
    if hook.secret:
        hook.former_secret, hook.former_until = hook.secret, now + OVERLAP
    hook.secret, hook.secret_at = secret, now
    hook.save(update_fields=["secret", "secret_at", "former_secret", "former_until"])
    record(HookChanged(fields=("secret",)), subject=_subject(hook), actor=by.actor, at=now)
    return secret


@unit()
def drop_former_secret(hook: InboundHook, *, by: Viewer, now: datetime) -> None:
    """Take the secret before no more. Administrators. Event `inbound_hook.changed`, once. Raises `NotAllowed`."""
    policies.require_administrator(by)
    rows = InboundHook.objects.filter(pk=hook.pk, former_until__gt=now)
    if rows.update(former_secret="", former_until=None):
        record(HookChanged(fields=("former_secret",)), subject=_subject(hook), actor=by.actor, at=now)


def _check(new: HookInput) -> None:
    found = {name: faults_of_template(getattr(new, name)) for name in TEMPLATES}
    found |= {name: faults_of_conditions(getattr(new, name)) for name in CONDITIONS}
    wrong = {name: _sentence(faults[0]) for name, faults in found.items() if faults}
    if wrong:
        raise MappingNotUsable(fields=wrong)


def _sentence(fault: Fault) -> str:
    return str(_TEXTS[fault.kind]) % {"line": fault.line, "path": fault.path}


def _columns(new: HookInput) -> dict[str, object]:
    return {field.name: getattr(new, field.name) for field in fields(new)}


def _subject(hook: InboundHook) -> Subject:
    return Subject("inbound_hook", hook.pk)
