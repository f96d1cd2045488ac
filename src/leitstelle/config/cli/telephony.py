"""`leitstelle telephony simulate ADDRESS`: play calls against a running desk, as a telephone system would report them.

Needs neither settings nor a database: it speaks over HTTP to the address that the administration shows. The secret
comes from `--secret`, `LEITSTELLE_TELEPHONY_SECRET` or the address itself (`?token=`). Exit codes: 0 all was taken,
1 something was refused or nobody answered.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit
from urllib.request import Request, urlopen
from uuid import uuid4

HELP = "play telephone calls against a running desk"
DJANGO = False
WRONG = 1
SECRET = "LEITSTELLE_TELEPHONY_SECRET"  # noqa: S105  # the name of a variable
KINDS = ("generic", "sipgate", "placetel", "threecx")
WAITS_SECONDS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    simulate = commands.add_parser("simulate", help="ring, answer and hang up as a telephone system tells it")
    simulate.add_argument("address", metavar="ADDRESS", help="address of the telephone system at the desk")
    simulate.add_argument("--secret", default="", help="its secret, where it is not part of the address")
    simulate.add_argument("--kind", choices=KINDS, default="generic", help="how it reports (default generic)")
    simulate.add_argument("--from", dest="caller", default="+493012345617", help="number of the caller")
    simulate.add_argument("--to", dest="called", default="+49405550", help="number that is called")
    simulate.add_argument("--user", default="21", help="extension or user id whose telephone rings")
    simulate.add_argument("--missed", action="store_true", help="nobody answers")
    simulate.add_argument("--calls", type=int, default=1, help="how many calls, one after the other")
    simulate.add_argument("--ring", type=float, default=3.0, help="seconds it rings (default 3)")
    simulate.add_argument("--talk", type=float, default=5.0, help="seconds both speak (default 5)")
    simulate.add_argument("--json", action="store_true", help="one JSON object a line")
    simulate.set_defaults(work=_simulate)


def run(args: argparse.Namespace) -> int:
    return int(args.work(args))


def _simulate(args: argparse.Namespace) -> int:
    address, token = _split(args.address)
    secret = args.secret or token or os.environ.get(SECRET, "")
    is_good = True
    for result in _play(args, address, secret):
        is_good = is_good and result["status"] == 200
        line = (
            json.dumps(result)
            if args.json
            else "{call}  {step:<9} {status}  {milliseconds} ms".format(**result)
        )
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    return 0 if is_good else WRONG


def _split(address: str) -> tuple[str, str]:
    """The address without its query, and the secret that stood there."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https"):
        raise SystemExit("leitstelle telephony: the address begins with http:// or https://")
    token = parse_qs(parts.query).get("token", [""])[0]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), token


def _play(args: argparse.Namespace, address: str, secret: str) -> Iterator[dict[str, Any]]:
    from leitstelle.intake.rules.telephony.simulation import Simulated, request_of, steps_of  # noqa: PLC0415

    for _number in range(args.calls):
        call = Simulated(
            kind=args.kind,
            call_id=uuid4().hex,
            caller=args.caller,
            called=args.called,
            user=args.user,
            is_answered=not args.missed,
            started=datetime.now(UTC),
        )
        pauses = [args.ring, *([args.talk] if call.is_answered else [])]
        steps = steps_of(call)
        for place, step in enumerate(steps):
            sent = request_of(call, step, secret, datetime.now(UTC))
            url = f"{address}?{urlencode({'token': sent.token})}" if sent.token else address
            begun = time.monotonic()
            status = _send(Request(url, sent.body, sent.headers))  # noqa: S310  # http and https only, see above
            spent = round((time.monotonic() - begun) * 1000)
            yield {"call": call.call_id, "step": step.value, "status": status, "milliseconds": spent}
            if place < len(steps) - 1:
                time.sleep(sum(pauses) if len(steps) == 2 else pauses[place])


def _send(request: Request) -> int:
    """The status of the answer, 0 where there is none."""
    try:
        with urlopen(request, timeout=WAITS_SECONDS) as answer:  # noqa: S310  # see above
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, TimeoutError, OSError):
        return 0
