"""Codes of triage; their translated names are in `labels`."""

from datetime import timedelta
from enum import StrEnum

from django.db.models import TextChoices

# The schedule that trains.
SCHEDULE = "triage.train"
# A training that gave no sign of life for so long has died with its process.
SILENT_FOR = timedelta(minutes=10)


class Matter(TextChoices):
    """What a proposal is about: a field of the ticket, a reply that thanks or closes, or a burst of like tickets."""

    CATEGORY = "category"
    SERVICE = "service"
    KIND = "kind"
    IMPACT = "impact"
    URGENCY = "urgency"
    TEAM = "team"
    THANKS = "thanks"
    CLOSE = "close"
    OUTAGE = "outage"


# What the statistics learn.
FIELDS = (Matter.CATEGORY, Matter.SERVICE, Matter.KIND, Matter.IMPACT, Matter.URGENCY, Matter.TEAM)
# Taking a ticket out of the hands of those who sort is more than filling in a field: a house has to wish for it.
UNDECIDED = frozenset({Matter.TEAM})

# How many decisions in a hundred are to be right; a house chooses one of these per field.
PRECISIONS = (80, 85, 90, 95, 98)


class ProposalState(TextChoices):
    """`silent`: not sure enough to say anything; kept so that the figures are honest."""

    SILENT = "silent"
    SUGGESTED = "suggested"
    DECIDED = "decided"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    DISMISSED = "dismissed"
    UNDONE = "undone"


class BurstState(TextChoices):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"


class ModelState(TextChoices):
    TRAINING = "training"
    READY = "ready"
    REFUSED = "refused"
    FAILED = "failed"


class Problem(TextChoices):
    """Why a field, or a whole training, came to nothing."""

    FEW = "few"
    ONE = "one"
    WORDLESS = "wordless"
    NO_BETTER = "no_better"
    INTERRUPTED = "interrupted"
    BROKEN = "broken"


class Trigger(TextChoices):
    """When rules look at a ticket."""

    OPENED = "opened"
    CHANGED = "changed"
    HANDED_OVER = "handed_over"


class Outcome(TextChoices):
    """What a rule may set, in the order it is told."""

    CATEGORY = "category"
    SERVICE = "service"
    KIND = "kind"
    IMPACT = "impact"
    URGENCY = "urgency"
    TEAM = "team"
    ASSIGNEE = "assignee"
    WATCHER = "watcher"


class Mode(TextChoices):
    """How a team's tickets find a person."""

    NONE = "none"
    ROUND_ROBIN = "round_robin"
    LEAST_LOADED = "least_loaded"
    PULL = "pull"


class Away(TextChoices):
    """Where an absent person's ticket goes when its requester writes."""

    STAY = "stay"
    DEPUTY = "deputy"
    TEAM = "team"


class Way(TextChoices):
    """What brought a ticket where it is."""

    RULE = "rule"
    LEARNED = "learned"
    DISTRIBUTED = "distributed"
    PULLED = "pulled"
    TAKEN_OVER = "taken_over"


class Why(TextChoices):
    """Reasons that carried a choice of person or ticket, in the order they are told."""

    DUE = "due"
    PRIORITY = "priority"
    AGE = "age"
    SKILL = "skill"
    LANGUAGE = "language"
    SITE = "site"
    LOAD = "load"
    TURN = "turn"
    ONLY = "only"
    DEPUTY = "deputy"
    ABSENT = "absent"


class Flaw(StrEnum):
    """What is wrong with a file of labelled tickets, or with one row of it."""

    EMPTY = "empty"
    NO_COLUMN = "no_column"
    NO_ROWS = "no_rows"
    UNREADABLE = "unreadable"
    FIELDS = "fields"
    NO_LABEL = "no_label"
    LONG_LABEL = "long_label"
    NO_TEXT = "no_text"


class Lack(StrEnum):
    """What there is too little of to learn from."""

    CATEGORIES = "categories"
    EXAMPLES = "examples"
    WORDS = "words"
