"""Translated names of the codes in `choices`."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from leitstelle.sla.choices import ClockState, Metric

METRIC: dict[str, str | Promise] = {
    Metric.RESPONSE: pgettext_lazy("clock", "Response"),
    Metric.RESOLUTION: pgettext_lazy("clock", "Resolution"),
}
CLOCK_STATE: dict[str, str | Promise] = {
    ClockState.RUNNING: pgettext_lazy("clock", "running"),
    ClockState.PAUSED: pgettext_lazy("clock", "paused"),
    ClockState.MET: pgettext_lazy("clock", "finished"),
    ClockState.LEFT: pgettext_lazy("clock", "without deadline"),
}
