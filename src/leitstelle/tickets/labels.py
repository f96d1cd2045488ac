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
    PlannedProblem,
    SnippetUse,
    StatusType,
    Talk,
    TriedStep,
    VendorState,
    VendorVerb,
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
TALK: dict[str, str | Promise] = {
    Talk.INBOUND: _("They called"),
    Talk.OUTBOUND: _("I called"),
    Talk.WALK_IN: _("At the counter"),
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
TRIED_STEP: dict[str, str | Promise] = {
    TriedStep.RESTARTED: pgettext_lazy("tried", "Restarted"),
    TriedStep.CABLES: pgettext_lazy("tried", "Cables, power and network checked"),
    TriedStep.OTHER_DEVICE: pgettext_lazy("tried", "Tried on another device"),
    TriedStep.OTHER_ACCOUNT: pgettext_lazy("tried", "Tried with another account"),
    TriedStep.UPDATED: pgettext_lazy("tried", "Updates and drivers checked"),
    TriedStep.REMOTE: pgettext_lazy("tried", "Looked at it by remote session"),
    TriedStep.KNOWLEDGE: pgettext_lazy("tried", "Searched articles and earlier tickets"),
    TriedStep.ASKED: pgettext_lazy("tried", "Asked back: since when, who else, what changed"),
}
VENDOR_STATE: dict[str, str | Promise] = {
    VendorState.OPEN: pgettext_lazy("vendor case", "with the vendor"),
    VendorState.ANSWERED: pgettext_lazy("vendor case", "vendor has answered"),
    VendorState.OURS: pgettext_lazy("vendor case", "vendor waits for us"),
    VendorState.SOLVED: pgettext_lazy("vendor case", "solved by the vendor"),
    VendorState.WITHDRAWN: pgettext_lazy("vendor case", "withdrawn"),
}
VENDOR_VERB: dict[str, str | Promise] = {
    VendorVerb.ANSWER: pgettext_lazy("vendor case", "They have answered"),
    VendorVerb.OWE: pgettext_lazy("vendor case", "They wait for us"),
    VendorVerb.CONTINUE: pgettext_lazy("vendor case", "It is their turn again"),
    VendorVerb.SOLVE: pgettext_lazy("vendor case", "They have solved it"),
    VendorVerb.WITHDRAW: pgettext_lazy("vendor case", "Withdraw"),
    VendorVerb.REOPEN: pgettext_lazy("vendor case", "Open it again"),
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

SNIPPET_USE: dict[str, str | Promise] = {
    SnippetUse.ANSWER: _("In answers"),
    SnippetUse.ACKNOWLEDGEMENT: _("As acknowledgement of receipt"),
}
PLANNED_PROBLEM: dict[str, str | Promise] = {
    PlannedProblem.ANSWERED: _("the requester has written since"),
    PlannedProblem.NO_RIGHT: _("its author may not write here any more"),
    PlannedProblem.MERGED: _("the ticket was merged into another one"),
    PlannedProblem.ENDED: _("the ticket is closed"),
    PlannedProblem.REFUSED: _("the ticket did not allow it"),
}

# Columns that a list can show; the first form is the heading.
LIST_COLUMN: dict[str, str | Promise] = {
    "priority": _("Priority"),
    "ticket": _("Ticket"),
    "due": _("Deadline"),
    "state": _("Status · Level"),
    "last_message": pgettext_lazy("column", "Last"),
    "number": _("Number"),
    "requester": _("Requester"),
    "organisation": _("Customer"),
    "team": _("Team"),
    "level": _("Level"),
    "assignee": _("Assigned to"),
    "status": _("Status"),
    "category": _("Category"),
    "service": _("Service"),
    "kind": _("Kind"),
    "channel": _("Channel"),
    "created": pgettext_lazy("column", "Opened"),
    "updated": pgettext_lazy("column", "Changed"),
}
CONDITION_COLUMN: dict[str, str | Promise] = {
    "status_type": _("Progress"),
    "status": _("Status"),
    "priority": _("Priority"),
    "category": _("Category"),
    "service": _("Service"),
    "team": _("Team"),
    "level": _("Level"),
    "assignee": _("Assigned to"),
    "organisation": _("Customer"),
    "requester": _("Requester"),
    "kind": _("Kind"),
    "channel": _("Channel"),
    "due": _("Deadline"),
    "created": pgettext_lazy("column", "Opened"),
    "updated": pgettext_lazy("column", "Changed"),
    "last_message": _("Last message"),
    "unanswered": _("Requester waits for an answer"),
    "vip": _("Requester is a VIP"),
    "undelivered": _("An answer was not delivered"),
    "at_vendor": _("A vendor works on it"),
    "vendor_needs_us": _("A vendor has answered or waits for us"),
    "ping_pong": _("Passed to and fro"),
    "major": _("Marked as major"),
    "priority_by_hand": _("Priority set by hand"),
    "subject": _("Subject"),
    "impact": _("Impact"),
    "urgency": _("Urgency"),
    "language": _("Language"),
    "words": _("Words in subject or text"),
    "sender": _("Sender’s address"),
    "sender_domain": _("Sender’s domain"),
    "mailbox": _("Mailbox written to"),
    "device": _("Device named"),
}
OPERATOR: dict[str, str | Promise] = {
    "in": pgettext_lazy("condition", "is one of"),
    "not_in": pgettext_lazy("condition", "is none of"),
    "empty": pgettext_lazy("condition", "is empty"),
    "filled": pgettext_lazy("condition", "is set"),
    "last_days": pgettext_lazy("condition", "in the last … days"),
    "older_days": pgettext_lazy("condition", "more than … days ago"),
    "today": pgettext_lazy("condition", "is today"),
    "from": pgettext_lazy("condition", "on or after"),
    "before": pgettext_lazy("condition", "before"),
    "overdue": pgettext_lazy("condition", "is overdue"),
    "within_hours": pgettext_lazy("condition", "in the next … hours"),
    "yes": pgettext_lazy("condition", "yes"),
    "no": pgettext_lazy("condition", "no"),
    "contains": pgettext_lazy("condition", "contains"),
    "lacks": pgettext_lazy("condition", "does not contain"),
    "is": pgettext_lazy("condition", "is one of"),
    "is_not": pgettext_lazy("condition", "is none of"),
}
MATCH: dict[str, str | Promise] = {
    "all": pgettext_lazy("condition", "all of these apply"),
    "any": pgettext_lazy("condition", "at least one of these applies"),
}
CONDITION_WORD: dict[str, str | Promise] = {
    "me": pgettext_lazy("condition", "me (whoever looks)"),
    "nobody": pgettext_lazy("condition", "nobody"),
    "my_teams": pgettext_lazy("condition", "my teams (of whoever looks)"),
}
CONDITION_PROBLEM: dict[str, str | Promise] = {
    "unknown": _("Please choose a comparison that fits."),
    "value_missing": _("Please give a value, or remove this condition."),
    "value_wrong": _("This value does not fit here."),
    "too_many": _("These are too many values. 50 are possible."),
}
BULK_ACTION: dict[str, str | Promise] = {
    "take": _("Take"),
    "assign": _("Assign"),
    "handover": _("Hand over"),
    "wait": _("Let it wait"),
    "resolve": _("Resolve"),
    "close": _("Close"),
    "recalc": _("Calculate the priority anew"),
    "merge": _("Merge"),
}
BULK_REASON: dict[str, str | Promise] = {
    "not_visible": _("You do not see this ticket any more."),
    "changed": _("Somebody changed this ticket meanwhile."),
    "ended": _("This ticket has ended."),
    "already_yours": _("You work on this ticket already."),
    "already_there": _("It is there already, nothing would change."),
    "no_team": _("Neither the ticket nor you have a team."),
    "priority_by_hand": _("Its priority was set by hand and stays."),
    "same_priority": _("It has the priority that the rules give."),
    "step_not_possible": _("This step is not possible from its present status."),
    "not_in_team": _("The person does not work in this team."),
    "not_allowed": _("Your rights do not cover this step."),
    "merged_away": _("It has been merged into another ticket already."),
    "merge_circular": _("The other ticket has been merged into this one already."),
    "merge_refused": _("Something is still going on there that speaks against merging."),
}
WITHHELD = _("Your level may not do this: %(right)s. Please hand the ticket over.")
NOT_OF_THIS_LEVEL = _("Your level does not solve tickets of this category. Please hand the ticket over.")
