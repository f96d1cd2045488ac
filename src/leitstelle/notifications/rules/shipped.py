"""The matrix that ships: what each role is told unless house or person say otherwise."""

from leitstelle.accounts.choices import Role
from leitstelle.notifications.choices import DESK_ROLES, PORTAL_KINDS, Kind, MailChoice
from leitstelle.notifications.rules.claims import Choice

_MAIL = {
    Kind.MENTIONED: MailChoice.AT_ONCE,
    Kind.ASSIGNED: MailChoice.AT_ONCE,
    Kind.HANDED_OVER: MailChoice.BATCHED,
    Kind.RETURNED: MailChoice.AT_ONCE,
    Kind.REQUESTER_WROTE: MailChoice.BATCHED,
    Kind.BREACH: MailChoice.AT_ONCE,
    Kind.UNDELIVERED: MailChoice.AT_ONCE,
    Kind.OUTAGE: MailChoice.AT_ONCE,
    Kind.UNASSIGNED: MailChoice.AT_ONCE,
    Kind.AWAY: MailChoice.BATCHED,
}


def _of_desk(role: str, kind: Kind) -> Choice:
    if kind is Kind.QUARANTINE:
        leads = role != Role.AGENT
        return Choice(in_product=leads, mail=MailChoice.DAILY if leads else MailChoice.OFF)
    return Choice(in_product=True, mail=_MAIL.get(kind, MailChoice.OFF))


def _of_requesters(kind: Kind) -> Choice:
    """Answers reach requesters as mails of their ticket anyway; the portal shows the rest. Contacts hear by mail."""
    mail = MailChoice.AT_ONCE if kind is Kind.LATE else MailChoice.OFF
    return Choice(in_product=kind in PORTAL_KINDS, mail=mail)


SHIPPED: dict[tuple[str, str], Choice] = {
    **{(role, kind): _of_desk(role, kind) for role in DESK_ROLES for kind in Kind},
    **{(Role.REQUESTER, kind): _of_requesters(kind) for kind in Kind},
}
