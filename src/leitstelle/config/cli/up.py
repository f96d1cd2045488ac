"""`leitstelle up`: prepares everything and serves it: web, worker and clock under one supervisor."""

import argparse
import json
import logging
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from leitstelle.config import env, env_values
from leitstelle.config.listen import address, listen, listen_host
from leitstelle.config.progress import Progress, ProgressServer
from leitstelle.config.supervisor import (
    Child,
    Supervisor,
    child_environment,
    leitstelle_command,
    stop_on_signals,
)
from leitstelle.config.texts import _, refresh_catalogues

HELP = "set up and serve everything"
DJANGO = False
STOPPED = 130
WEB = "web"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (LEITSTELLE_HOST)")
    parser.add_argument("--port", type=env_values.port, help="port to listen on (LEITSTELLE_PORT)")
    parser.add_argument("--demo", action="store_true", help="with the demo company (LEITSTELLE_DEMO=1)")


def run(args: argparse.Namespace) -> int:
    if args.demo:
        os.environ["LEITSTELLE_DEMO"] = "1"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    refresh_catalogues()
    port = env.read("LEITSTELLE_PORT") if args.port is None else args.port
    sock = listen(args.host or listen_host(), port)
    os.environ.setdefault("LEITSTELLE_BASE_URL", address(sock).rstrip("/"))
    stop = threading.Event()
    with stop_on_signals(stop), sock, pipe() as (ready_read, ready_write), Gate() as gate:
        supervisor = Supervisor(children(sock, ready_write, gate), stop)
        # What takes web processes longest is to read the code: they do it while everything is prepared.
        supervisor.start_early(WEB)
        state = Progress()
        try:
            code = prepare(sock, stop, state)
        finally:
            # Opened even where that failed: nobody may wait at it for ever.
            gate.open()
        if code or stop.is_set():
            supervisor.shut_down()
            return code
        return serve(supervisor, ready_read, address(sock), state.sign_ins)


def prepare(sock: socket.socket, stop: threading.Event, state: Progress) -> int:
    """Runs `config.prepare` while the progress page answers on the port; returns its exit code."""
    page = ProgressServer(sock, state)
    page.start()
    say(_("Leitstelle is getting ready: %(address)s") % {"address": address(sock)})
    process = subprocess.Popen(
        [sys.executable, "-m", "leitstelle.config.prepare"],
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=child_environment(),
    )
    try:
        for line in lines(process, stop):
            show(state, line)
        if stop.is_set():
            process.terminate()
        return process.wait()
    finally:
        page.stop()


def lines(process: subprocess.Popen[bytes], stop: threading.Event) -> Iterator[bytes]:
    """Lines of the process as they come, until it ends or we are asked to stop."""
    assert process.stdout is not None
    with process.stdout as stream:
        while not stop.is_set():
            if select.select([stream], [], [], 0.1)[0]:
                line = stream.readline()
                if not line:
                    return
                yield line


def show(state: Progress, line: bytes) -> None:
    """Takes one progress line over into the page, and a new step onto the terminal."""
    told = json.loads(line)
    new_step = told["step"] != state.current or not state.steps
    state.steps, state.current = told["steps"], told["step"]
    state.percent, state.detail = told["percent"], told["detail"]
    state.sign_ins = told.get("sign_ins", [])
    if new_step and state.current < len(state.steps):
        say(f"  {state.percent:3d} %  {_(state.steps[state.current])} …")


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """Read and write end; the web process writes when it answers."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


class Gate:
    """Where processes wait until everything is prepared: reading `waiting` ends once it is open, later ones too."""

    def __enter__(self) -> "Gate":
        self.waiting, self._shut = os.pipe()
        return self

    def open(self) -> None:
        """Lets everybody through."""
        if self._shut >= 0:
            os.close(self._shut)
            self._shut = -1

    def __exit__(self, *_failure: object) -> None:
        self.open()
        os.close(self.waiting)


def children(sock: socket.socket, ready: int, gate: Gate) -> list[Child]:
    """The processes of this machine; `ready` is written to by a web process that answers."""
    fds = (sock.fileno(), ready, gate.waiting)
    words = ("--listen-fd", str(fds[0]), "--ready-fd", str(fds[1]), "--gate-fd", str(fds[2]))
    command = leitstelle_command("web", *words)
    found = [Child(f"{WEB} {n + 1}", command, fds) for n in range(env.read("LEITSTELLE_WEB_PROCESSES"))]
    found.append(Child("worker", leitstelle_command("worker", "--with-clock", "--supervised")))
    if env.read("LEITSTELLE_LMTP"):
        found.append(Child("lmtp", leitstelle_command("mail", "lmtp", "--supervised")))
    return found


def serve(supervisor: Supervisor, ready: int, where: str, sign_ins: list[list[str]]) -> int:
    """Keeps the processes running until stopped."""
    announcer = threading.Thread(target=announce, args=(ready, supervisor.stop, where, sign_ins), daemon=True)
    announcer.start()
    code = supervisor.run()
    announcer.join(1)
    say(_("Leitstelle has stopped."))
    return code


def announce(ready: int, stop: threading.Event, where: str, sign_ins: list[list[str]]) -> None:
    """Says where the desk is as soon as it answers, and who can sign in to the demo company."""
    while not stop.is_set():
        if not select.select([ready], [], [], 0.2)[0]:
            continue
        os.read(ready, 1)
        say(_("Leitstelle is ready: %(address)s") % {"address": env.read("LEITSTELLE_BASE_URL") or where})
        if sign_ins:
            say(_("Demo sign-ins: address, password, name, role"))
        for role, name, email, password in sign_ins:
            say(f"  {email:<42} {password:<12} {name} ({role})")
        say(_("Stop it with Ctrl-C."))
        return


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
