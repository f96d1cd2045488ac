"""Translated names of the codes in `choices`."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from leitstelle.sla.choices import Cause, ClockState, Metric, StepAction, Verdict

METRIC: dict[str, str | Promise] = {
    Metric.RESPONSE: pgettext_lazy("clock", "Response"),
    Metric.UPDATE: pgettext_lazy("clock", "Next update"),
    Metric.WORKAROUND: pgettext_lazy("clock", "Workaround"),
    Metric.RESOLUTION: pgettext_lazy("clock", "Resolution"),
    Metric.INTERNAL: pgettext_lazy("clock", "Internal"),
}
CLOCK_STATE: dict[str, str | Promise] = {
    ClockState.RUNNING: pgettext_lazy("clock", "running"),
    ClockState.PAUSED: pgettext_lazy("clock", "paused"),
    ClockState.MET: pgettext_lazy("clock", "finished"),
    ClockState.LEFT: pgettext_lazy("clock", "without deadline"),
}
STEP_ACTION: dict[str, str | Promise] = {
    StepAction.REMIND: _("remind whoever works on it"),
    StepAction.LEAD: _("tell the team lead"),
    StepAction.MANAGER: _("tell whoever leads the desk"),
    StepAction.CONTACT: _("tell the customer’s contact"),
    StepAction.RAISE: _("raise the priority by one"),
    StepAction.REASSIGN: _("give it to a team"),
    StepAction.CALL: _("call a webhook"),
}
CAUSE: dict[str, str | Promise] = {
    Cause.QUEUE: _("nobody had it"),
    Cause.HANDOVER: _("handed over, taken by nobody"),
    Cause.VENDOR: _("waited for the manufacturer"),
    Cause.THIRD: _("waited for others"),
    Cause.CLOSED: _("the desk was closed"),
    Cause.WORK: _("took long to work on"),
}
OUTCOME: dict[str, str | Promise] = {
    "kept": _("kept"),
    "missed": _("missed"),
    "open": pgettext_lazy("clock", "open"),
}
VERDICT: dict[str, str | Promise] = {
    Verdict.APPLIES: _("applies: nothing more specific fits"),
    Verdict.LESS_SPECIFIC: _("fits, but is less specific"),
    Verdict.OTHER_ORGANISATION: _("is for another customer"),
    Verdict.OTHER_SERVICE: _("is for another service"),
    Verdict.OTHER_CATEGORY: _("is for other categories"),
    Verdict.OTHER_KIND: _("is for another kind of ticket"),
    Verdict.OTHER_PRIORITY: _("is for another priority"),
    Verdict.NOT_YET: _("did not hold yet when the ticket was opened"),
    Verdict.ENDED: _("had ended when the ticket was opened"),
    Verdict.CONTRACT_NOT_YET: _("the contract had not begun when the ticket was opened"),
    Verdict.CONTRACT_OVER: _("the contract had ended when the ticket was opened"),
    Verdict.CONTRACT_OTHER: _("the contract covers other services"),
}
_CALL_PROBLEM: dict[str, str | Promise] = {
    "name": _("the name is not known"),
    "private_address": _("an address of the own network, not called"),
    "timeout": _("no answer in time"),
    "tls": _("the certificate was not accepted"),
    "connection": _("no connection"),
}


def call_answer(code: str) -> str:
    """What became of a call: the status it was answered with, or why there was no answer."""
    known = _CALL_PROBLEM.get(code)
    return str(known) if known is not None else gettext("answered %(status)s") % {"status": code}


CONTRACT_OF_ANOTHER = _("This contract is another customer’s.")
