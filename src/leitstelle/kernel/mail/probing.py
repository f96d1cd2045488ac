"""Takes the steps of a connection test over the network: the ones all mail servers share, and those of SMTP.

No database here, and never an exception for the net: what happened is a list of steps. Only the answers of mail
servers are shown, never what another service says on its port.
"""

import contextlib
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid

from leitstelle.kernel.mail.signing_in import sign_in
from leitstelle.kernel.mail.transports import NoToken, Security, SmtpConfig
from leitstelle.kernel.mail.trials import (
    STEP_SECONDS,
    Remedy,
    TrialStep,
    Tried,
    address_allowed,
    port_allowed,
    remedy_for_encryption,
    remedy_for_sign_in,
    remedy_for_token,
)


class Failed(Exception):
    """A step failed; it is the last one of the list."""


@dataclass
class Trial:
    """The steps taken so far."""

    steps: list[Tried] = field(default_factory=list)

    def done(self, step: TrialStep, detail: str = "") -> None:
        """A step that worked."""
        self.steps.append(Tried(step, True, detail[:500]))

    def failed(self, step: TrialStep, detail: str, remedy: Remedy) -> Failed:
        """A step that did not; the caller raises what is returned."""
        self.steps.append(Tried(step, False, detail[:500], remedy))
        return Failed()


def reach(trial: Trial, host: str, port: int) -> None:
    """Find the machine and see whether its port answers. Raises `Failed`."""
    addresses = _resolve(trial, host, port)
    if not port_allowed(port):
        raise trial.failed(TrialStep.CONNECT, str(port), Remedy.PORT)
    if not all(address_allowed(address) for address in addresses):
        raise trial.failed(TrialStep.CONNECT, ", ".join(addresses), Remedy.ADDRESS)
    try:
        with socket.create_connection((host, port), timeout=STEP_SECONDS) as connection:
            peer = connection.getpeername()[0]
    except TimeoutError:
        raise trial.failed(TrialStep.CONNECT, f"{host}:{port}", Remedy.TIMEOUT) from None
    except OSError as error:
        raise trial.failed(
            TrialStep.CONNECT, error.strerror or type(error).__name__, Remedy.REFUSED
        ) from None
    trial.done(TrialStep.CONNECT, f"{peer}:{port}")


def _resolve(trial: Trial, host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise trial.failed(TrialStep.RESOLVE, host, Remedy.NAME) from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    trial.done(TrialStep.RESOLVE, ", ".join(addresses[:4]))
    return addresses


def tls_context(*, verify: bool) -> ssl.SSLContext:
    """The context of a connection; `verify` off takes every certificate."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def encrypted(trial: Trial, begin: Callable[[], object], *, step: TrialStep) -> None:
    """Begin speaking with the server, by TLS where `step` is that one. Raises `Failed`."""
    try:
        begin()
    except ssl.SSLError as error:
        words = str(error)
        raise trial.failed(TrialStep.ENCRYPT, words, remedy_for_encryption(words)) from None
    except TimeoutError:
        raise trial.failed(step, "", Remedy.TLS_MODE) from None
    except smtplib.SMTPNotSupportedError:
        raise trial.failed(TrialStep.ENCRYPT, "STARTTLS", Remedy.TLS_MODE) from None
    except Exception as error:
        # What stands there may be any service: its words are not for this page.
        raise trial.failed(step, type(error).__name__, Remedy.PROTOCOL) from None


def try_smtp(
    config: SmtpConfig, sender: str, recipient: str, subject: str, text: str, *, author: str = ""
) -> list[Tried]:
    """Send one mail step by step and say what the server answered to each; takes at most a minute.

    `author` is the person in whose name it goes out; without one the mail says that a machine wrote it.
    """
    trial = Trial()
    with contextlib.suppress(Failed), contextlib.ExitStack() as stack:
        reach(trial, config.host, config.port)
        client = _speak(trial, config, stack)
        _sign_in(trial, client, config)
        _hand_over(trial, client, sender, recipient, _message(sender, recipient, subject, text, author))
    return trial.steps


def _speak(trial: Trial, config: SmtpConfig, stack: contextlib.ExitStack) -> smtplib.SMTP:
    clients: list[smtplib.SMTP] = []
    context = tls_context(verify=config.verify_certificate)
    name = config.local_hostname or socket.gethostname()

    def begin() -> None:
        if config.security is Security.TLS:
            client: smtplib.SMTP = smtplib.SMTP_SSL(
                config.host, config.port, local_hostname=name, timeout=STEP_SECONDS, context=context
            )
        else:
            client = smtplib.SMTP(config.host, config.port, local_hostname=name, timeout=STEP_SECONDS)
        clients.append(client)
        stack.callback(client.close)
        client.ehlo_or_helo_if_needed()
        if config.security is Security.STARTTLS:
            client.starttls(context=context)
            client.ehlo()

    plain = config.security is Security.NONE
    encrypted(trial, begin, step=TrialStep.CONNECT if plain else TrialStep.ENCRYPT)
    if not plain:
        cipher = getattr(clients[0].sock, "version", lambda: "")()
        trial.done(TrialStep.ENCRYPT, str(cipher or ""))
    return clients[0]


def _sign_in(trial: Trial, client: smtplib.SMTP, config: SmtpConfig) -> None:
    if not config.username:
        return
    config = _with_token(trial, config)
    try:
        code, answer = _authenticate(client, config)
    except smtplib.SMTPResponseException as error:
        words = _words(error.smtp_code, error.smtp_error)
        remedy = Remedy.TOKEN_REFUSED if config.token else remedy_for_sign_in(config.host, words)
        raise trial.failed(TrialStep.SIGN_IN, words, remedy) from None
    except smtplib.SMTPNotSupportedError as error:
        raise trial.failed(TrialStep.SIGN_IN, str(error), Remedy.ENCRYPT_FIRST) from None
    except smtplib.SMTPServerDisconnected as error:
        # Some servers hang up on a wrong password instead of saying so.
        raise trial.failed(TrialStep.SIGN_IN, str(error), remedy_for_sign_in(config.host, "")) from None
    except (smtplib.SMTPException, OSError) as error:
        raise trial.failed(TrialStep.SIGN_IN, type(error).__name__, Remedy.OTHER) from None
    trial.done(TrialStep.SIGN_IN, _words(code, answer))


def _with_token(trial: Trial, config: SmtpConfig) -> SmtpConfig:
    """Take the token as a step of its own: its provider refuses for other reasons than the mail server."""
    if config.token is None:
        return config
    try:
        token = config.token()
    except NoToken as error:
        raise trial.failed(TrialStep.TOKEN, str(error), remedy_for_token(error.remedy)) from None
    trial.done(TrialStep.TOKEN)
    return replace(config, token=lambda: token)


def _authenticate(client: smtplib.SMTP, config: SmtpConfig) -> tuple[int, bytes]:
    """By one mechanism only: whoever tries them all is thrown out, and the server's reason is lost."""
    if config.token is not None:
        return sign_in(client, config)
    offered = client.esmtp_features.get("auth", "").upper().split()
    if "PLAIN" not in offered:
        return client.login(config.username, config.password)
    client.user, client.password = config.username, config.password
    return client.auth("PLAIN", client.auth_plain)


def _hand_over(trial: Trial, client: smtplib.SMTP, sender: str, recipient: str, raw: bytes) -> None:
    steps: tuple[tuple[TrialStep, Remedy, Callable[[], tuple[int, bytes]]], ...] = (
        (TrialStep.SENDER, Remedy.SENDER, lambda: client.mail(sender)),
        (TrialStep.RECIPIENT, Remedy.RECIPIENT, lambda: client.rcpt(recipient)),
        (TrialStep.CONTENT, Remedy.OTHER, lambda: client.data(raw)),
    )
    for step, remedy, take in steps:
        try:
            code, words = _answer(take)
        except (smtplib.SMTPException, OSError) as error:
            raise trial.failed(step, type(error).__name__, Remedy.OTHER) from None
        if not 200 <= code < 300:
            raise trial.failed(step, words, remedy)
        trial.done(step, words)
    with contextlib.suppress(smtplib.SMTPException, OSError):
        client.quit()


def _answer(take: Callable[[], tuple[int, bytes]]) -> tuple[int, str]:
    """Code and words of one command, also where the library makes an error of a refusal."""
    try:
        code, answer = take()
    except smtplib.SMTPResponseException as error:
        return error.smtp_code, _words(error.smtp_code, error.smtp_error)
    return code, _words(code, answer)


def _message(sender: str, recipient: str, subject: str, text: str, author: str) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = author or sender, recipient, subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2] or "localhost")
    if not author:
        message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message.as_bytes()


def _words(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(f"{code} {text}".split())
