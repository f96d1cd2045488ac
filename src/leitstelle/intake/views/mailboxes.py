"""Administration of mailboxes, on the generic pages for master data."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leitstelle.accounts.policies import can_administer
from leitstelle.intake.actions import MailboxInput, create_mailbox, edit_mailbox
from leitstelle.intake.forms.mailboxes import MailboxForm
from leitstelle.intake.labels import FETCH, MAILBOX_STATE
from leitstelle.intake.models import SECRETS, Mailbox
from leitstelle.intake.policies import visible_mailboxes
from leitstelle.intake.queries.signing import unsigned_words
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web.crud import Column, Crud


def _initial(box: Mailbox) -> dict[str, Any]:
    values = {name: getattr(box, name) for name in MailboxForm.base_fields if name not in SECRETS}
    return values | {"team": box.team_id, "category": box.category_id, "organisation": box.organisation_id}


def _state(box: Mailbox) -> str:
    if not box.is_active:
        return _("switched off")
    state = str(MAILBOX_STATE[box.state])
    unsigned = unsigned_words(box, timezone.now())
    return "; ".join(filter(None, (f"{state}: {box.last_error}" if box.last_error else state, unsigned)))


def _create(viewer: Viewer, data: dict[str, Any]) -> Mailbox:
    values = {name: value for name, value in data.items() if name != "version"}
    return create_mailbox(MailboxInput(**values), by=viewer, now=timezone.now())


def _update(viewer: Viewer, box: Mailbox, data: dict[str, Any]) -> Mailbox:
    values = {name: value for name, value in data.items() if name != "version"}
    return edit_mailbox(
        box, MailboxInput(**values), version=data["version"] or 0, by=viewer, now=timezone.now()
    )


mailboxes = Crud(
    name="intake:mailboxes",
    title=gettext_lazy("Mailboxes"),
    new=gettext_lazy("New mailbox"),
    form=MailboxForm,
    rows=lambda viewer: visible_mailboxes(viewer).select_related("team"),
    columns=[
        Column(gettext_lazy("Mail address"), lambda box: box.address),
        Column(gettext_lazy("Team"), lambda box: box.team.name if box.team else "", opt=True),
        Column(gettext_lazy("How mail arrives"), lambda box: FETCH[box.fetch], opt=True),
        Column(gettext_lazy("State"), _state),
    ],
    allowed=can_administer,
    create=_create,
    update=_update,
    order=("address", "pk"),
    initial=_initial,
    archived=lambda box: not box.is_active,
    beside=lambda box: [
        (_("Sign-in by token"), reverse("intake:mailbox-oauth", args=[box.public_id])),
        (_("Test connection"), reverse("intake:mailbox-test", args=[box.public_id])),
    ],
)
