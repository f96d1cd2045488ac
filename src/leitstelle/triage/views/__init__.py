"""Doors of triage: answering proposals, their figures."""

from leitstelle.triage.views.bursts import burst as burst
from leitstelle.triage.views.bursts import bursts as bursts
from leitstelle.triage.views.bursts import settle_burst as settle_burst
from leitstelle.triage.views.figures import figures as figures
from leitstelle.triage.views.figures import train_now as train_now
from leitstelle.triage.views.figures import tune as tune
from leitstelle.triage.views.people import absences as absences
from leitstelle.triage.views.people import modes as modes
from leitstelle.triage.views.people import own_work as own_work
from leitstelle.triage.views.people import people as people
from leitstelle.triage.views.people import skills as skills
from leitstelle.triage.views.proposals import accept as accept
from leitstelle.triage.views.proposals import close as close
from leitstelle.triage.views.proposals import dismiss as dismiss
from leitstelle.triage.views.proposals import undo as undo
from leitstelle.triage.views.rule_builder import edit_rule as edit_rule
from leitstelle.triage.views.rule_builder import new_rule as new_rule
from leitstelle.triage.views.rule_trials import show as show_trial
from leitstelle.triage.views.rule_trials import start as start_trial
from leitstelle.triage.views.rules import delete as delete_rule
from leitstelle.triage.views.rules import history as rule_history
from leitstelle.triage.views.rules import move as move_rule
from leitstelle.triage.views.rules import rule_list as rule_list
from leitstelle.triage.views.rules import rule_of as rule_of
from leitstelle.triage.views.rules import switch as switch_rule
from leitstelle.triage.views.similar import similar as similar
from leitstelle.triage.views.work import next_best as next_best
from leitstelle.triage.views.work import take_one_over as take_one_over
from leitstelle.triage.views.work import take_over as take_over

__all__ = [
    "absences",
    "accept",
    "burst",
    "bursts",
    "close",
    "delete_rule",
    "dismiss",
    "edit_rule",
    "figures",
    "modes",
    "move_rule",
    "new_rule",
    "next_best",
    "own_work",
    "people",
    "rule_history",
    "rule_list",
    "rule_of",
    "settle_burst",
    "show_trial",
    "similar",
    "skills",
    "start_trial",
    "switch_rule",
    "take_one_over",
    "take_over",
    "train_now",
    "tune",
    "undo",
]
from leitstelle.triage.views.work import why as why
