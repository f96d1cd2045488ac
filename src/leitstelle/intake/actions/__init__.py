"""Every write of intake: accepting, processing, replaying mail; answering; keeping mailboxes."""

from leitstelle.intake.actions.accept import accept_oversize, accept_raw
from leitstelle.intake.actions.mailboxes import note_fetched, note_position, note_problem
from leitstelle.intake.actions.outgoing import acknowledge, send_confirmation, send_reply
from leitstelle.intake.actions.process import process_mail, quarantine
from leitstelle.intake.actions.replay import drop, replay, replay_all

__all__ = [
    "accept_oversize",
    "accept_raw",
    "acknowledge",
    "drop",
    "note_fetched",
    "note_position",
    "note_problem",
    "process_mail",
    "quarantine",
    "replay",
    "replay_all",
    "send_confirmation",
    "send_reply",
]
