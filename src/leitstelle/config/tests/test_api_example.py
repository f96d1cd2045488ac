"""The example of `docs/api.md` does what it says, against a real server."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from leitstelle.accounts import actions as accounts
from leitstelle.accounts.choices import TokenScope
from leitstelle.accounts.tests.cast import NOW, SYSTEM
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import make_desk

PATIENCE = 120  # seconds
EXAMPLE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "follow_events.py"


@pytest.mark.parametrize("who", ["agent", "requester"])
def test_the_example_runs(desk_server: str, who: str) -> None:
    desk = make_desk()
    scopes = [TokenScope.READ, TokenScope.WRITE]
    _row, token = accounts.create_api_token(getattr(desk, who), "Example", scopes, by=SYSTEM, now=NOW)
    known = {"LEITSTELLE_URL": desk_server, "LEITSTELLE_TOKEN": token, "PAUSE": "0.2"}
    with subprocess.Popen(
        [sys.executable, str(EXAMPLE), "Drucker ist still"],
        env={**os.environ, **known, "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as example:
        # Events wait for every older transaction of the database server, other tests' among them.
        overdue = threading.Timer(PATIENCE, example.kill)
        overdue.start()
        said: list[str] = []
        for line in example.stdout or ():
            said.append(line)
            if "event:" in line and "ticket.opened" in line:
                break
        overdue.cancel()
        example.kill()
        complaints = example.stderr.read() if example.stderr else ""
    ticket = Ticket.objects.get()
    printed = "".join(said)
    assert f"opened {ticket.number} Drucker ist still" in printed, complaints
    assert f"open: {ticket.number} Drucker ist still" in printed, complaints
    assert f"ticket.opened ticket {ticket.public_id}" in printed, complaints
