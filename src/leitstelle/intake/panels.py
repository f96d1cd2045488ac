"""What intake shows on the pages of tickets: how a mail came to its place, and of which kind automatic mail is."""

from collections.abc import Sequence
from typing import Any

from leitstelle.intake.labels import AUTOMATIC_KIND, STEP
from leitstelle.intake.models import InboundMail
from leitstelle.intake.policies import visible_mail
from leitstelle.kernel.viewer import Viewer
from leitstelle.kernel.web import Panel, fill
from leitstelle.tickets.models import Message


@fill("message.footer", order=20)
def flight_record(viewer: Viewer, messages: Sequence[Message]) -> dict[int, Panel]:
    """Return the decisions about each message that came by mail; agents only. One query for the page."""
    if not viewer.is_agent or not messages:
        return {}
    mails = (
        visible_mail(viewer).filter(entry__in=[message.pk for message in messages]).select_related("mailbox")
    )
    arrived: dict[int, list[InboundMail]] = {}
    for mail in mails.order_by("pk"):
        if mail.entry_id is not None:
            arrived.setdefault(mail.entry_id, []).append(mail)
    kinds = {message.pk: message.automatic_kind for message in messages}
    return {
        pk: Panel(
            "intake/_flight_record.html",
            {"mails": [_shown(mail) for mail in found], "kind": AUTOMATIC_KIND.get(kinds[pk], "")},
        )
        for pk, found in arrived.items()
    }


def _shown(mail: InboundMail) -> dict[str, Any]:
    steps = [
        (
            STEP.get(item.get("step", ""), item.get("step", "")),
            item.get("evidence", ""),
            item.get("result", ""),
        )
        for item in mail.decisions
    ]
    return {"mailbox": mail.mailbox.address, "received_at": mail.received_at, "steps": steps}
