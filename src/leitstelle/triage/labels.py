"""Translated names of the codes in `choices`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leitstelle.triage.choices import (
    Away,
    BurstState,
    Flaw,
    Lack,
    Matter,
    Mode,
    ModelState,
    Outcome,
    Problem,
    Trigger,
)

MATTER: dict[str, str | Promise] = {
    Matter.CATEGORY: _("Category"),
    Matter.SERVICE: _("Service"),
    Matter.KIND: pgettext_lazy("ticket", "Kind"),
    Matter.IMPACT: _("Impact"),
    Matter.URGENCY: _("Urgency"),
    Matter.TEAM: _("Team"),
    Matter.THANKS: _("Reply"),
    Matter.CLOSE: _("Wish to close"),
    Matter.OUTAGE: _("Outage?"),
}
BURST_STATE: dict[str, str | Promise] = {
    BurstState.PROPOSED: _("to be decided"),
    BurstState.ACCEPTED: pgettext_lazy("burst", "outage"),
    BurstState.DISMISSED: _("no outage"),
}
MODEL_STATE: dict[str, str | Promise] = {
    ModelState.TRAINING: _("being trained"),
    ModelState.READY: _("trained"),
    ModelState.REFUSED: _("not used"),
    ModelState.FAILED: _("failed"),
}
# `few` takes the number of examples.
PROBLEM: dict[str, str | Promise] = {
    Problem.FEW: _("Too little to learn from: %(count)s solved tickets, at least %(least)s are needed."),
    Problem.ONE: _("All solved tickets have the same value, so there is nothing to tell apart."),
    Problem.WORDLESS: _("The solved tickets hold no words to learn from."),
    Problem.NO_BETTER: _("Its proposals were hardly better than always naming the commonest value."),
    Problem.INTERRUPTED: _("The training was interrupted."),
    Problem.BROKEN: _("The training ended with an error; the log has the details."),
}
TRIGGER: dict[str, str | Promise] = {
    Trigger.OPENED: _("when a ticket is opened"),
    Trigger.CHANGED: _("when category, service, kind, impact or urgency change"),
    Trigger.HANDED_OVER: _("when a ticket is handed over"),
}
OUTCOME: dict[str, str | Promise] = {
    Outcome.CATEGORY: _("Category"),
    Outcome.SERVICE: _("Service"),
    Outcome.KIND: _("Kind"),
    Outcome.IMPACT: _("Impact"),
    Outcome.URGENCY: _("Urgency"),
    Outcome.TEAM: _("Team"),
    Outcome.ASSIGNEE: _("Assigned to"),
    Outcome.WATCHER: _("Reads along"),
}
RULE_FIELD: dict[str, str | Promise] = {
    "name": _("Name"),
    "is_active": _("in use"),
    "conditions": _("Conditions"),
    "kind": _("Kind"),
    "stops": _("Rules after it"),
    "on_opening": _("Trigger"),
    "on_change": _("Trigger"),
    "on_handover": _("Trigger"),
    "category_id": _("Category"),
    "service_id": _("Service"),
    "impact_id": _("Impact"),
    "urgency_id": _("Urgency"),
    "team_id": _("Team"),
    "assignee_id": _("Assigned to"),
    "watcher_id": _("Reads along"),
}
MODE: dict[str, str | Promise] = {
    Mode.NONE: _("wait until somebody takes them"),
    Mode.ROUND_ROBIN: _("are given out in turn"),
    Mode.LEAST_LOADED: _("go to whoever has the fewest open tickets"),
    Mode.PULL: _("are taken one by one, the best next one first"),
}
AWAY: dict[str, str | Promise] = {
    Away.STAY: _("it stays, the team sees it in the list to take over"),
    Away.DEPUTY: _("it goes to the deputy"),
    Away.TEAM: _("it goes back to the team"),
}
SKILL_LEVEL: dict[int, str | Promise] = {
    1: _("knows the basics"),
    2: _("knows it well"),
    3: _("is an expert"),
}
# What is wrong with a file of labelled tickets as a whole, and with a row of it.
FLAW: dict[str, str | Promise] = {
    Flaw.EMPTY: _("The file is empty."),
    Flaw.NO_COLUMN: _("There is no column “%(name)s”. The file has: %(known)s."),
    Flaw.NO_ROWS: _("No row has both a text and a label."),
    Flaw.UNREADABLE: _("cannot be read (%(reason)s)"),
    Flaw.FIELDS: _("%(count)s fields where the header has %(wanted)s"),
    Flaw.NO_LABEL: _("no label"),
    Flaw.LONG_LABEL: _("the label goes over several lines; a quotation mark is missing"),
    Flaw.NO_TEXT: _("no text"),
}
LACK: dict[str, str | Promise] = {
    Lack.CATEGORIES: _("At least two categories are needed to tell them apart."),
    Lack.EXAMPLES: _("At least %(least)s labelled tickets are needed, there are %(count)s."),
    Lack.WORDS: _("The texts hold no words to learn from."),
}
