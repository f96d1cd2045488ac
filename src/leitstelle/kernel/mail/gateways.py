"""The only place that speaks SMTP (RFC 5321). No database here; what happened is returned as plain values."""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from leitstelle.kernel.mail.signing_in import sign_in
from leitstelle.kernel.mail.transports import Security, SmtpConfig


class Outcome(StrEnum):
    """What became of a try. `unknown`: everything was handed over, but no answer came."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


# Asked of servers that offer it (RFC 3461): tell what fails or is late, with the headers, not the whole mail.
_NOTICES = ("NOTIFY=FAILURE,DELAY",)


@dataclass(frozen=True)
class Reply:
    """What the server said; code 0 where it said nothing."""

    outcome: Outcome
    code: int
    text: str


@dataclass
class Result:
    """The reply about the mail as a whole, and those about single recipients that differ from it."""

    reply: Reply
    refused: dict[str, Reply] = field(default_factory=dict)

    def about(self, address: str) -> Reply:
        """What this recipient can expect."""
        return self.refused.get(address, self.reply)


def deliver(
    config: SmtpConfig, sender: str, recipients: Sequence[str], raw: bytes, *, before_data: Callable[[], None]
) -> Result:
    """Hand a mail to the server. `before_data` is called right before the content goes out. Never raises for the net.

    Blocks for at most `config.timeout` seconds a step.
    """
    handed_over = False
    try:
        with contextlib.ExitStack() as stack:
            connection = _connect(config)
            stack.callback(_goodbye, connection)
            refused = _envelope(connection, sender, recipients)
            if len(refused) == len(recipients):
                return Result(_worst(refused), refused)
            before_data()
            handed_over = True
            return Result(_reply(*connection.data(raw)), refused)
    except smtplib.SMTPAuthenticationError as error:
        # A wrong password is a mistake of the set-up, not of the mail: nothing is lost while it is mended.
        return Result(Reply(Outcome.TEMPORARY, error.smtp_code, str(error)[:500]))
    except smtplib.SMTPResponseException as error:
        return Result(_reply(error.smtp_code, error.smtp_error))
    except (smtplib.SMTPException, OSError) as error:
        # Before the content nothing can have arrived; after it nobody knows.
        outcome = Outcome.UNKNOWN if handed_over else Outcome.TEMPORARY
        return Result(Reply(outcome, 0, f"{type(error).__name__}: {error}"[:500]))


def _connect(config: SmtpConfig) -> smtplib.SMTP:
    context = _tls(config) if config.security is not Security.NONE else None
    name = config.local_hostname or socket.gethostname()
    if config.security is Security.TLS:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            config.host, config.port, local_hostname=name, timeout=config.timeout, context=context
        )
    else:
        connection = smtplib.SMTP(config.host, config.port, local_hostname=name, timeout=config.timeout)
    try:
        connection.ehlo_or_helo_if_needed()
        if config.security is Security.STARTTLS:
            connection.starttls(context=context)
            connection.ehlo()
        if config.username:
            sign_in(connection, config)
    except BaseException:
        connection.close()
        raise
    return connection


def _tls(config: SmtpConfig) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not config.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _envelope(connection: smtplib.SMTP, sender: str, recipients: Sequence[str]) -> dict[str, Reply]:
    """Name sender and recipients; returns who was refused. Raises SMTPResponseException for a refused sender."""
    notices = connection.has_extn("dsn")
    code, text = connection.mail(sender, ["RET=HDRS"] if notices else [])
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, text, sender)
    refused = {}
    for address in recipients:
        code, text = connection.rcpt(address, _NOTICES if notices else [])
        if code not in (250, 251):
            refused[address] = _reply(code, text)
        if code == 421:
            raise smtplib.SMTPResponseException(code, text)
    return refused


def _reply(code: int, text: bytes | str) -> Reply:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    if 200 <= code < 300:
        outcome = Outcome.ACCEPTED
    elif 500 <= code < 600:
        outcome = Outcome.PERMANENT
    else:
        outcome = Outcome.TEMPORARY
    return Reply(outcome, max(code, 0), words[:500])


def _worst(refused: dict[str, Reply]) -> Reply:
    """Temporary as long as one of them may still be reached."""
    replies = list(refused.values())
    return next((reply for reply in replies if reply.outcome is Outcome.TEMPORARY), replies[0])


def _goodbye(connection: smtplib.SMTP) -> None:
    """The result stands already; how the connection ends does not change it."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()
