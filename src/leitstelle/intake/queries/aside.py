"""Who was told something aside: what was passed on to them, or a blind copy. Their answers are for the team."""

from django.db.models import Q

from leitstelle.accounts.models import Person
from leitstelle.intake.models import MailReference
from leitstelle.intake.queries import takes_part
from leitstelle.tickets.choices import Audience, RecipientRole
from leitstelle.tickets.models import MessageRecipient, Ticket


def heard_aside(ticket: Ticket, answered: str, address: str, person: Person | None) -> bool:
    """Whether somebody answers what only they were told: something passed on to them, or a blind copy.

    Their words are for the team; the requester does not learn that anybody else was asked. `answered` is the
    Message-ID the mail names as the one it answers. Who takes part, or was written to openly, is answered openly.
    """
    ours = MailReference.objects.filter(value=answered[:255], ticket=ticket, is_own=True)
    if answered and ours.filter(message__audience=Audience.INTERNAL).exists():
        return True
    named = MessageRecipient.objects.filter(message__ticket=ticket, email__iexact=address)
    aside = named.filter(Q(role=RecipientRole.BCC) | Q(message__audience=Audience.INTERNAL))
    if not aside.exists() or (person is not None and takes_part(person, ticket)):
        return False
    openly = named.filter(message__audience=Audience.PUBLIC).exclude(role=RecipientRole.BCC)
    wrote = ticket.messages.filter(audience=Audience.PUBLIC, from_email__iexact=address)
    return not openly.exists() and not wrote.exists()
