"""`leitstelle mail …`: look into mail files, split replies, and take mail from an MTA by pipe or LMTP.

`inspect` and `reply` need neither settings nor a database and accept any bytes. `deliver` stores the mail durably
before it answers, and so does `lmtp`, a listener. Exit codes: 0 done, 1 a file could not be read, 75 try again later.
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from leitstelle.config import env, env_values
from leitstelle.config.supervisor import stop_on_signals, stop_with_parent
from leitstelle.config.texts import _
from leitstelle.intake.rules.mail import ParsedMail, parse_mail, split_reply
from leitstelle.intake.rules.mail.charsets import decode_text
from leitstelle.intake.rules.mail.describe import as_data, as_text

HELP = "look into mail files, split replies, take mail from an MTA"
DJANGO = False
WRONG = 1
USAGE = 2
TRY_AGAIN = 75


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    inspect = commands.add_parser(
        "inspect", help="what intake understands of mail files (- is standard input)"
    )
    inspect.set_defaults(work=_inspect)
    reply = commands.add_parser("reply", help="new and quoted part of plain-text bodies")
    reply.set_defaults(work=_reply)
    for subparser in (inspect, reply):
        subparser.add_argument("files", metavar="FILE", nargs="+")
        subparser.add_argument("--json", action="store_true", help="one JSON object a line")
    deliver = commands.add_parser("deliver", help="accept one mail: exit 0 it is stored, 75 try again later")
    deliver.add_argument("file", metavar="FILE", nargs="?", default="-", help="standard input without it")
    deliver.add_argument(
        "--mailbox", metavar="ADDRESS", default="", help="recipient; otherwise read from the mail"
    )
    deliver.set_defaults(work=_deliver)

    lmtp = commands.add_parser("lmtp", help="take mail by LMTP until stopped")
    lmtp.add_argument(
        "--listen", type=env_values.listening, metavar="[HOST:]PORT", help="where to listen (LEITSTELLE_LMTP)"
    )
    lmtp.add_argument("--supervised", action="store_true", help=argparse.SUPPRESS)
    lmtp.set_defaults(work=_lmtp)


def run(args: argparse.Namespace) -> int:
    return int(args.work(args))


def _print(line: str) -> None:
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


def _inspect(args: argparse.Namespace) -> int:
    code = 0
    for name, raw, problem in _sources(args.files):
        mail = parse_mail(raw) if not problem else ParsedMail(defects=(problem,))
        code = WRONG if problem else code
        shown = as_data(_shown(name), mail)
        _print(_json(shown) if args.json else as_text(_shown(name), mail))
    return code


def _reply(args: argparse.Namespace) -> int:
    code = 0
    for name, raw, problem in _sources(args.files):
        code = WRONG if problem else code
        parts = split_reply(decode_text(raw, "utf-8").text)
        shown = {"file": _shown(name), "reply": parts.reply, "quoted": parts.quoted}
        if problem:
            shown["defect"] = problem
        _print(
            _json(shown)
            if args.json
            else f"== {shown['file']}{' ' + problem if problem else ''}\n{parts.reply}"
        )
    return code


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "replace")


def _sources(names: list[str]) -> Iterator[tuple[str, bytes, str]]:
    """Name, bytes and, where the file cannot be read, the problem."""
    for name in names:
        try:
            yield name, sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes(), ""
        except OSError as error:
            yield name, b"", f"cannot be read: {error.strerror or type(error).__name__}"
        except ValueError:
            yield name, b"", "cannot be read: not a file name"


def _deliver(args: argparse.Namespace) -> int:
    """Everything that goes wrong before the mail is durable means: the MTA keeps it and tries again.

    Says nothing on success: some MTAs send whatever a pipe prints back to the sender.
    """
    try:
        _set_up()
        deliver: Callable[[BinaryIO, str], Any] = import_module("leitstelle.intake.tasks").deliver_from
        with nullcontext(sys.stdin.buffer) if args.file == "-" else Path(args.file).open("rb") as stream:
            deliver(stream, args.mailbox)
    except Exception as error:
        sys.stderr.write(
            f"leitstelle mail deliver: not accepted, try again: {type(error).__name__}: {error}\n"
        )
        return TRY_AGAIN
    return 0


def _lmtp(args: argparse.Namespace) -> int:
    """Listen until stopped; 2 where no place to listen is given, 1 where it is taken."""
    place = args.listen or env.read("LEITSTELLE_LMTP")
    if place is None:
        sys.stderr.write(_("Say where to listen: --listen 127.0.0.1:8024, or LEITSTELLE_LMTP.") + "\n")
        return USAGE
    _set_up()
    stop = threading.Event()
    if args.supervised:
        stop_with_parent(stop.set)
    run_lmtp: Callable[..., None] = import_module("leitstelle.intake.gateways.lmtp").run_lmtp
    with stop_on_signals(stop):
        try:
            run_lmtp(*place, stop)
        except OSError as error:
            sys.stderr.write(f"leitstelle mail lmtp: {place[0]} port {place[1]}: {error.strerror}\n")
            return WRONG
    return 0


def _set_up() -> None:
    import_module("leitstelle.config.cli.table").set_up_django()
