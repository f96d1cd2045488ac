"""The connection test of a mailbox: find, connect, encrypt, sign in, open the folder, count. Changes nothing there."""

import contextlib
import poplib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from leitstelle.intake.choices import TlsMode
from leitstelle.intake.gateways import imap, pop3
from leitstelle.kernel.mail.probing import Failed, Trial, encrypted, reach, tls_context
from leitstelle.kernel.mail.transports import NoToken
from leitstelle.kernel.mail.trials import (
    STEP_SECONDS,
    Remedy,
    TrialStep,
    Tried,
    remedy_for_sign_in,
    remedy_for_token,
)


@dataclass(frozen=True, kw_only=True)
class ImapPlace:
    """Where a mailbox is fetched from."""

    host: str
    port: int
    tls: str
    verify: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    # Where the sign-in is OAuth2: gets a token, raises `NoToken`.
    token: Callable[[], str] | None = field(default=None, repr=False)


def try_imap(place: ImapPlace) -> list[Tried]:
    """Take the steps of fetching without fetching; never raises for the net and takes at most a minute."""
    trial = Trial()
    with contextlib.suppress(Failed), contextlib.ExitStack() as stack:
        reach(trial, place.host, place.port)
        token = _token(trial, place)
        client = _speak(trial, place, stack)
        _sign_in(trial, client, place, token)
        _look(trial, client, place)
    return trial.steps


def try_pop3(place: ImapPlace) -> list[Tried]:
    """The same for POP3; mails are told apart by UIDL, so a server must know it."""
    trial = Trial()
    with contextlib.suppress(Failed), contextlib.ExitStack() as stack:
        reach(trial, place.host, place.port)
        token = _token(trial, place)
        client = _speak_pop3(trial, place, stack)
        try:
            pop3.sign_in(client, place.user, place.password, token)
        except pop3.SignInRefused as error:
            remedy = Remedy.TOKEN_REFUSED if token else remedy_for_sign_in(place.host, str(error))
            raise trial.failed(TrialStep.SIGN_IN, str(error), remedy) from None
        except OSError as error:
            raise trial.failed(TrialStep.SIGN_IN, type(error).__name__, Remedy.OTHER) from None
        trial.done(TrialStep.SIGN_IN, place.user)
        try:
            count = len(pop3.uidls(client))
        except (OSError, poplib.error_proto) as error:
            raise trial.failed(TrialStep.COUNT, pop3.words(error), Remedy.UIDL) from None
        trial.done(TrialStep.COUNT, str(count))
    return trial.steps


def _token(trial: Trial, place: ImapPlace) -> str:
    if place.token is None:
        return ""
    try:
        token = place.token()
    except NoToken as error:
        raise trial.failed(TrialStep.TOKEN, str(error), remedy_for_token(error.remedy)) from None
    trial.done(TrialStep.TOKEN)
    return token


def _speak_pop3(trial: Trial, place: ImapPlace, stack: contextlib.ExitStack) -> Any:
    clients: list[Any] = []

    def begin() -> None:
        client = pop3.connect(place.host, place.port, place.tls, verify=place.verify, timeout=STEP_SECONDS)
        clients.append(client)
        stack.callback(client.close)

    plain = place.tls == TlsMode.NONE
    encrypted(trial, begin, step=TrialStep.CONNECT if plain else TrialStep.ENCRYPT)
    if not plain:
        trial.done(TrialStep.ENCRYPT, str(getattr(clients[0].sock, "version", lambda: "")() or ""))
    return clients[0]


def _speak(trial: Trial, place: ImapPlace, stack: contextlib.ExitStack) -> Any:
    clients: list[Any] = []
    context = tls_context(verify=place.verify)

    def begin() -> None:
        is_tls = place.tls == TlsMode.TLS
        client = IMAPClient(
            place.host,
            port=place.port,
            ssl=is_tls,
            ssl_context=context if is_tls else None,
            timeout=STEP_SECONDS,
        )
        clients.append(client)
        stack.callback(_goodbye, client)
        if place.tls == TlsMode.STARTTLS:
            client.starttls(context)

    plain = place.tls == TlsMode.NONE
    encrypted(trial, begin, step=TrialStep.CONNECT if plain else TrialStep.ENCRYPT)
    if not plain:
        trial.done(TrialStep.ENCRYPT, str(clients[0].socket().version() or ""))
    return clients[0]


def _sign_in(trial: Trial, client: Any, place: ImapPlace, token: str) -> None:
    try:
        imap.sign_in(client, place.user, place.password, token)
    except LoginError as error:
        words = str(error)
        remedy = Remedy.TOKEN_REFUSED if token else remedy_for_sign_in(place.host, words)
        raise trial.failed(TrialStep.SIGN_IN, words, remedy) from None
    except (IMAPClientError, OSError, ValueError) as error:
        raise trial.failed(TrialStep.SIGN_IN, type(error).__name__, Remedy.OTHER) from None
    trial.done(TrialStep.SIGN_IN, place.user)


def _look(trial: Trial, client: Any, place: ImapPlace) -> None:
    try:
        found = client.select_folder(place.folder, readonly=True)
    except (IMAPClientError, OSError, ValueError) as error:
        raise trial.failed(TrialStep.FOLDER, f"{place.folder}: {error}", Remedy.FOLDER) from None
    trial.done(TrialStep.FOLDER, place.folder)
    try:
        unseen = len(client.search("UNSEEN"))
    except (IMAPClientError, OSError) as error:
        raise trial.failed(TrialStep.COUNT, type(error).__name__, Remedy.OTHER) from None
    trial.done(TrialStep.COUNT, f"{int(found.get(b'EXISTS', 0))}/{unseen}")


def _goodbye(client: Any) -> None:
    with contextlib.suppress(Exception):
        client.logout()
