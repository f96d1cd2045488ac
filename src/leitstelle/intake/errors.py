"""Errors of intake, each with a stable code."""

from django.utils.translation import gettext_lazy as _

from leitstelle.intake.choices import DialProblem
from leitstelle.intake.labels import DIAL_PROBLEM
from leitstelle.kernel.errors import Conflict, DomainError, InvalidInput


class NotInQuarantine(Conflict):
    """Somebody else has decided about this mail meanwhile."""

    code = "not_in_quarantine"
    default_message = _("This mail is no longer in quarantine.")


class NoMailbox(DomainError):
    """No mailbox is set up for any recipient of a mail."""

    code = "no_mailbox"
    status = 422
    default_message = _("No mailbox is set up for this recipient.")


class NotAnAddress(InvalidInput):
    """The address of a mailbox is none."""

    code = "not_an_address"
    default_message = _("This is not a mail address.")


class OAuthIncomplete(InvalidInput):
    """OAuth2 of a mailbox lacks something."""

    code = "oauth_incomplete"
    default_message = _("Please fill in this field.")
    not_https = _("Please enter an address that begins with https://.")
    no_google_client = _("Google gives mailboxes to a person’s consent only. Please choose that.")


class KeyUnreadable(InvalidInput):
    """A file is no certificate, or its password is wrong."""

    code = "key_unreadable"
    default_message = _(
        "This is no certificate (PEM, DER), PKCS #12 file or OpenPGP key in ASCII armour, or the password is wrong."
    )
    mailbox_and_key = _("A file with a key belongs to a mailbox, a certificate alone to none.")


class KeyKnown(Conflict):
    """The certificate is there already."""

    code = "key_known"
    default_message = _("This certificate is there already.")


class NothingFailed(Conflict):
    """A message that arrived, is under way or goes to nobody is not sent again."""

    code = "nothing_failed"
    default_message = _("There is nothing to send again: it arrived, is under way, or has no recipient.")


class AddressSuspended(Conflict):
    """Mail to the address came back for good, and nobody has cleared it since."""

    code = "address_suspended"
    default_message = _("Mail to %(addresses)s came back for good: please clear the address first.")


class AddressInUse(Conflict):
    """Another mailbox has this address."""

    code = "address_in_use"
    default_message = _("Another mailbox has this address.")


class GuestLinkExpired(DomainError):
    """The link of a guest's mail is no longer of use."""

    code = "guest_link_expired"
    status = 410
    default_message = _("This link is no longer valid. Please report the problem again.")


class CallEntered(Conflict):
    """The same form came a second time with other words; nothing of it is lost or entered twice."""

    code = "call_entered"
    default_message = _(
        "This call is already entered as #%(number)s. Press the button again to enter what stands here as another one."
    )


class WhoCalls(InvalidInput):
    """Several people fit, or nobody was named at all."""

    code = "who_calls"
    default_message = _("Please say who it is: choose a person, or write down a name or number.")


class AnswerMissing(InvalidInput):
    code = "answer_missing"
    default_message = _("Please write what was answered.")


class NoFollowUp(InvalidInput):
    """The ticket ended too long ago for a call to belong to it."""

    code = "no_follow_up"
    default_message = _("This ticket ended too long ago. Please enter the call as a new one.")


class SourceNameTaken(Conflict):
    """Another telephone system has this name."""

    code = "source_name_taken"
    default_message = _("Another telephone system has this name.")


class NobodysLine(InvalidInput):
    """A line needs somebody who answers it."""

    code = "nobodys_line"
    default_message = _("Please choose a person or a team.")


class KeyNotPublic(InvalidInput):
    """The text is no public RSA key of 2048 bits at least."""

    code = "key_not_public"
    default_message = _(
        "This is no public RSA key: it begins with -----BEGIN PUBLIC KEY----- and has 2048 bits or more."
    )


class DialSecretMissing(InvalidInput):
    """A new address needs its secret given anew: what proves a call to one is never shown to another."""

    code = "dial_secret_missing"
    default_message = _("Please enter the secret for this address.")


class NotDialled(DomainError):
    """A telephone system did not make a call; `params` hold the `problem` (`DialProblem`)."""

    code = "not_dialled"
    status = 502

    @classmethod
    def because(cls, problem: DialProblem) -> "NotDialled":
        """The error with the sentence for what went wrong."""
        return cls(message=DIAL_PROBLEM[problem], problem=problem.value)


class NotCorrectable(DomainError):
    """The mail has no message, or its address was confirmed by the person it belongs to."""

    code = "not_correctable"
    default_message = _("This cannot be corrected here.")


class ChatDoorNameTaken(Conflict):
    """Another chat has this name."""

    code = "chat_name_taken"
    default_message = _("Another chat has this name.")


class NotAnOrigin(InvalidInput):
    """What should be the address of a site is none."""

    code = "not_an_origin"
    default_message = _("“%(value)s” is no address of a site, as in https://www.example.org")


class ChatDoorClosed(DomainError):
    """The chat was switched off."""

    code = "chat_closed"
    status = 410
    default_message = _("This chat is not in use any more.")


class ChatOver(Conflict):
    """Words for a chat that has ended."""

    code = "chat_over"
    default_message = _("This chat has ended. Your text is still there; you can begin a new chat with it.")


class ChatTaken(Conflict):
    """Somebody else took the chat, or it has ended."""

    code = "chat_taken"
    default_message = _("Somebody else has taken this chat, or it has ended.")


class ChatsFull(Conflict):
    """The agent has as many chats as this door allows at once."""

    code = "chats_full"
    default_message = _("You have %(count)s chats already; more at once are not meant to be.")


class NotAnAnswer(InvalidInput):
    """What was typed is none of the answers of the question."""

    code = "not_an_answer"
    default_message = _("Please choose one of the answers, or go on to a person. Your text is still there.")


class ReceiverFull(Conflict):
    """The agent to whom a chat is passed has as many as this door allows at once."""

    code = "receiver_full"
    default_message = _(
        "%(name)s has %(count)s chats already. Somebody who leads a team may pass it on all the same."
    )


class ReceiverAway(Conflict):
    """The agent to whom a chat is passed is not there for chats."""

    code = "receiver_away"
    default_message = _("%(name)s is not there for chats at the moment.")


class NoTranscript(InvalidInput):
    """A transcript that cannot be sent by mail."""

    code = "no_transcript"
    default_message = _("The conversation cannot be sent to this address.")


class ChatLineTooLong(InvalidInput):
    """One line with too much text."""

    code = "chat_line_too_long"
    default_message = _("At most %(limit)s characters at once, please. Your text is still there.")


class NotYourChat(DomainError):
    """Only whoever took the chat answers in it."""

    code = "not_your_chat"
    status = 403
    default_message = _("Please take the chat first.")
