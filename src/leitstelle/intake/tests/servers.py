"""Real mail servers for tests: an unprivileged Dovecot (IMAP, LMTP), and an SMTP server that remembers.

Every server takes free ports of loopback and lives in a folder of its own that vanishes with it.
"""

import base64
import grp
import json
import os
import pwd
import random
import shutil
import smtplib
import socket
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
SERVICE_USERS = ("dovecot", "nobody")
PASSWORD = "geheim"

_CONFIG = """
base_dir = {root}/run
state_dir = {root}/run
log_path = {root}/log
protocols = imap lmtp{pop3_protocol}
listen = 127.0.0.1
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
mail_location = maildir:{root}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
mail_max_userip_connections = 50
mail_fsync = never
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {root}/oauth2.conf.ext
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Processed {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
{pop3_service}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service auth {{
  user = {user}
}}
service auth-worker {{
  user = {user}
}}
"""
_POP3 = """
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
  }}
}}
"""
_OAUTH = """
introspection_url = http://127.0.0.1:{port}/introspect
introspection_mode = post
username_attribute = email
active_attribute = active
active_value = true
"""
HAS_POP3 = any(Path(place, "pop3-login").exists() for place in ("/usr/lib/dovecot", "/usr/libexec/dovecot"))


def free_port() -> int:
    """A free port below those that systems give to outgoing connections: nobody takes it by chance meanwhile."""
    while True:
        port = random.SystemRandom().randrange(12_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for_port(port: int, process: "subprocess.Popen[bytes]", seconds: float = 120) -> None:
    """Return once something answers on loopback; raises `TimeoutError`, also when the server has ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            probe.settimeout(0.2)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing answers on port {port}")


@dataclass
class Dovecot:
    """A running Dovecot. Every address ending in `.example` given to `start` has a mailbox; password `geheim`."""

    root: Path
    imap: int
    imaps: int
    lmtp: int
    process: "subprocess.Popen[bytes]"
    user: str
    pop3: int = 0
    pop3s: int = 0

    def deliver(self, address: str, raw: bytes, sender: str = "sender@kunde.example") -> None:
        """Hand a mail to Dovecot by LMTP, as an MTA does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            client.sendmail(sender, [address], raw)

    def deliver_many(self, address: str, mails: list[bytes]) -> None:
        with smtplib.LMTP("127.0.0.1", self.lmtp) as client:
            for raw in mails:
                client.sendmail("sender@kunde.example", [address], raw)

    def new_uid_validity(self, address: str) -> None:
        """Make the server forget its UIDs, as after a restore: the next selection has another UIDVALIDITY."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.root / "mail" / address / name).unlink(missing_ok=True)
        for name in ("dovecot-uidvalidity",):
            for path in (self.root / "mail" / address).glob(f"{name}*"):
                path.unlink()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _service_user() -> pwd.struct_passwd:
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid())
    for name in SERVICE_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user to run Dovecot as")


@contextmanager
def dovecot(*addresses: str, tokens: int = 0) -> Iterator[Dovecot]:
    """Run Dovecot with these mailboxes until the block ends; `tokens` is the port of the server that knows tokens."""
    owner = _service_user()
    group = _group_name(owner.pw_gid)
    root = Path(tempfile.mkdtemp(prefix="leitstelle-dovecot-", dir="/var/tmp"))
    ports = {"imap": free_port(), "imaps": free_port(), "lmtp": free_port()}
    if HAS_POP3:
        ports |= {"pop3": free_port(), "pop3s": free_port()}
    try:
        _prepare(root, owner, group, ports, addresses, tokens)
        identity: dict[str, Any] = {}
        if os.getuid() == 0:
            identity = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        with (root / "out").open("wb") as out:
            process = subprocess.Popen(
                [DOVECOT, "-F", "-c", str(root / "dovecot.conf")],
                stdout=out,
                stderr=out,
                cwd=root,
                **identity,
            )
        server = Dovecot(root=root, process=process, user=owner.pw_name, **ports)
        try:
            try:
                wait_for_port(ports["imap"], process)
                wait_for_port(ports["lmtp"], process)
            except TimeoutError as error:
                raise TimeoutError(f"{error}: {_said(root)}") from error
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _said(root: Path) -> str:
    """What Dovecot wrote about its start."""
    return "".join(path.read_text() for path in (root / "out", root / "log") if path.exists())


def _group_name(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _prepare(
    root: Path,
    owner: pwd.struct_passwd,
    group: str,
    ports: dict[str, int],
    addresses: tuple[str, ...],
    tokens: int,
) -> None:
    root.chmod(0o755)
    (root / "mail").mkdir()
    (root / "users").write_text("".join(f"{address}:{PASSWORD}\n" for address in addresses))
    pop3 = {"pop3_protocol": " pop3", "pop3_service": _POP3.format(**ports)} if HAS_POP3 else {}
    values = {"pop3_protocol": "", "pop3_service": ""} | pop3 | ports
    (root / "dovecot.conf").write_text(_CONFIG.format(root=root, user=owner.pw_name, group=group, **values))
    (root / "oauth2.conf.ext").write_text(_OAUTH.format(port=tokens or 1))
    make_certificate(root)
    if os.getuid() == 0:
        for path in (root, *root.iterdir()):
            os.chown(path, owner.pw_uid, owner.pw_gid)


def make_certificate(folder: Path) -> Path:
    """A certificate for localhost that signs itself: `cert.pem` and `key.pem`."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return folder / "cert.pem"


# --- tokens ---


@dataclass
class TokenServer:
    """A provider of OAuth2: gives tokens, and tells mail servers whom one belongs to.

    `refuse` is the error of the next answers; `asked` keeps the forms that came in, `good` the tokens that are valid.
    """

    port: int
    address: str
    refuse: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    seconds: int = 3600

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path == "/introspect":
            return 200, {"active": form.get("token") in self.good, "email": self.address}
        self.asked.append(form)
        if self.refuse:
            return 400, dict(self.refuse)
        token = f"token-{len(self.asked)}-" + "x" * 1200  # as long as those of large providers
        self.good.add(token)
        return 200, {
            "access_token": token,
            "expires_in": self.seconds,
            "refresh_token": f"r{len(self.asked)}",
        }


@contextmanager
def token_server(address: str) -> Iterator[TokenServer]:
    """Run a provider of tokens for one mailbox."""
    provider = TokenServer(free_port(), address)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            status, data = provider.answer(self.path, dict(parse_qsl(body)))
            content = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", provider.port), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- outgoing ---


@dataclass
class Received:
    """One mail the SMTP server took."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        parsed = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass
class SmtpServer:
    """An SMTP server with memory. `refuse` maps recipients to the answer they get instead of 250."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        self.received.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), raw))
        self.arrived.set()
        return "250 accepted"

    def wait_for(self, count: int, seconds: float = 15) -> list[Received]:
        """The first `count` mails; raises `TimeoutError` where they do not come."""
        until = time.monotonic() + seconds
        while len(self.received) < count:
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.received)} of {count} mails arrived")
            self.arrived.wait(0.1)
            self.arrived.clear()
        return self.received[:count]


class _LongLines(SMTP):
    """Takes lines as long as large providers' tokens need them (RFC 4954)."""

    line_length_limit = 12_288

    def __init__(self, *args: Any, **more: Any) -> None:
        self.command_size_limits: dict[str, int] = defaultdict(lambda: 12_288)
        super().__init__(*args, **more)


class _Controller(Controller):
    def factory(self) -> Any:
        return _LongLines(self.handler, **self.SMTP_kwargs)


@dataclass
class TokenSmtpServer(SmtpServer):
    """The same, with XOAUTH2 for the tokens given."""

    tokens: set[str] = field(default_factory=set)

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:
        said = base64.b64decode(args[1]).decode()
        if said.partition("auth=Bearer ")[2].rstrip("\x01") in self.tokens:
            return AuthResult(success=True, auth_data=said)
        return AuthResult(success=False, handled=False)


@contextmanager
def smtp_server(
    user: str = "", password: str = PASSWORD, tokens: set[str] | None = None
) -> Iterator[SmtpServer]:
    """Run an SMTP server on loopback; with `user` or `tokens` it wants a sign-in."""
    memory = (
        SmtpServer(port=free_port()) if tokens is None else TokenSmtpServer(port=free_port(), tokens=tokens)
    )

    def sign_in(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.login == user.encode() and data.password == password.encode())

    extra: dict[str, Any] = (
        {"authenticator": sign_in, "auth_required": True, "auth_require_tls": False}
        if user or tokens is not None
        else {}
    )
    controller = _Controller(memory, hostname="127.0.0.1", port=memory.port, **extra)
    controller.start()
    try:
        yield memory
    finally:
        controller.stop()
