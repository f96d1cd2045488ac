"""Translated names of the codes in `choices`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.tickets.choices import (
    Audience,
    Channel,
    Direction,
    HandoverState,
    Kind,
    LinkKind,
    ParticipantRole,
    StatusType,
)

KIND: dict[str, str | Promise] = {
    Kind.INCIDENT: _("Incident"),
    Kind.REQUEST: _("Service request"),
    Kind.ADVICE: _("Advice"),
    Kind.COMPLAINT: _("Complaint"),
}
STATUS_TYPE: dict[str, str | Promise] = {
    StatusType.NEW: pgettext_lazy("status", "New"),
    StatusType.OPEN: pgettext_lazy("status", "In progress"),
    StatusType.WAITING: pgettext_lazy("status", "Waiting"),
    StatusType.SCHEDULED: pgettext_lazy("status", "Scheduled"),
    StatusType.RESOLVED: pgettext_lazy("status", "Resolved"),
    StatusType.CLOSED: pgettext_lazy("status", "Closed"),
    StatusType.MERGED: pgettext_lazy("status", "Merged"),
    StatusType.REJECTED: pgettext_lazy("status", "Rejected"),
}
CHANNEL: dict[str, str | Promise] = {
    Channel.MAIL: _("Mail"),
    Channel.PORTAL: _("Portal"),
    Channel.PHONE: _("Phone"),
    Channel.WALK_IN: _("In person"),
    Channel.CHAT: _("Chat"),
    Channel.API: _("Interface"),
    Channel.MONITORING: _("Monitoring"),
    Channel.WORKSPACE: _("Workspace"),
}
AUDIENCE: dict[str, str | Promise] = {
    Audience.PUBLIC: pgettext_lazy("audience", "Public"),
    Audience.INTERNAL: pgettext_lazy("audience", "Internal"),
    Audience.VENDOR: pgettext_lazy("audience", "Vendor"),
    Audience.RESTRICTED: pgettext_lazy("audience", "Restricted"),
}
DIRECTION: dict[str, str | Promise] = {
    Direction.INBOUND: pgettext_lazy("direction", "Incoming"),
    Direction.OUTBOUND: pgettext_lazy("direction", "Outgoing"),
    Direction.INTERNAL: pgettext_lazy("direction", "Internal"),
}
PARTICIPANT_ROLE: dict[str, str | Promise] = {
    ParticipantRole.REQUESTER: _("Requester"),
    ParticipantRole.AFFECTED: _("Affected person"),
    ParticipantRole.WATCHER: _("Watcher"),
    ParticipantRole.APPROVER: _("Approver"),
    ParticipantRole.VENDOR_CONTACT: _("Vendor contact"),
}
HANDOVER_STATE: dict[str, str | Promise] = {
    HandoverState.OFFERED: _("offered"),
    HandoverState.ACCEPTED: _("accepted"),
    HandoverState.RETURNED: _("returned"),
    HandoverState.SUPERSEDED: _("superseded"),
}
LINK_KIND: dict[str, str | Promise] = {
    LinkKind.RELATED: _("Related to"),
    LinkKind.DUPLICATE_OF: _("Duplicate of"),
    LinkKind.CHILD_OF: _("Part of"),
    LinkKind.CAUSED_BY: _("Caused by"),
}

DELIVERY: dict[str, str | Promise] = {
    "queued": pgettext_lazy("delivery", "waiting"),
    "sending": pgettext_lazy("delivery", "being sent"),
    "sent": pgettext_lazy("delivery", "sent"),
    "failed": pgettext_lazy("delivery", "not delivered"),
    "unknown": pgettext_lazy("delivery", "unknown whether delivered"),
    "held": pgettext_lazy("delivery", "held back: no mail server is set up"),
}
