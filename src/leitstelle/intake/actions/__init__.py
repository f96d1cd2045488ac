"""Every write of intake: accepting, processing, replaying mail; answering; keeping mailboxes."""

from leitstelle.intake.actions.accept import accept_oversize, accept_raw
from leitstelle.intake.actions.mailboxes import (
    claim_fetching,
    note_fetched,
    note_position,
    note_problem,
    release_fetching,
)
from leitstelle.intake.actions.outgoing import (
    acknowledge,
    send_confirmation,
    send_forward,
    send_reply,
    send_to_vendor,
)
from leitstelle.intake.actions.placing import FirstCopyOpen
from leitstelle.intake.actions.process import process_mail
from leitstelle.intake.actions.quarantining import quarantine
from leitstelle.intake.actions.replay import drop, replay, replay_all
from leitstelle.intake.actions.settings import MailboxInput, create_mailbox, edit_mailbox
from leitstelle.intake.actions.too_large import tell_too_large

__all__ = [
    "FirstCopyOpen",
    "MailboxInput",
    "accept_oversize",
    "accept_raw",
    "acknowledge",
    "claim_fetching",
    "create_mailbox",
    "drop",
    "edit_mailbox",
    "note_fetched",
    "note_position",
    "note_problem",
    "process_mail",
    "quarantine",
    "release_fetching",
    "replay",
    "replay_all",
    "send_confirmation",
    "send_forward",
    "send_reply",
    "send_to_vendor",
    "tell_too_large",
]
