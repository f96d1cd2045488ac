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

from leitstelle.config import env
from leitstelle.config.listen import address, listen, listen_host
from leitstelle.config.progress import Progress, ProgressServer
from leitstelle.config.supervisor import (
    Child,
    Supervisor,
    child_environment,
    leitstelle_command,
    stop_on_signals,
)
from leitstelle.config.texts import _

HELP = "set up and serve everything"
DJANGO = False
STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (LEITSTELLE_HOST)")
    parser.add_argument("--port", type=env.port, help="port to listen on (LEITSTELLE_PORT)")
    parser.add_argument("--demo", action="store_true", help="with the demo company (LEITSTELLE_DEMO=1)")


def run(args: argparse.Namespace) -> int:
    if args.demo:
        os.environ["LEITSTELLE_DEMO"] = "1"
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    port = env.read("LEITSTELLE_PORT") if args.port is None else args.port
    sock = listen(args.host or listen_host(), port)
    os.environ.setdefault("LEITSTELLE_BASE_URL", address(sock).rstrip("/"))
    stop = threading.Event()
    with stop_on_signals(stop), sock:
        state = Progress()
        code = prepare(sock, stop, state)
        return code if code or stop.is_set() else serve(sock, stop, state.sign_ins)


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
def ready_pipe() -> Iterator[tuple[int, int]]:
    """Read and write end; the web process writes when it answers."""
    ends = os.pipe()
    try:
        yield ends
    finally:
        for end in ends:
            os.close(end)


def serve(sock: socket.socket, stop: threading.Event, sign_ins: list[list[str]]) -> int:
    """Keeps the processes running until stopped."""
    with ready_pipe() as (ready_read, ready_write):
        fds = (sock.fileno(), ready_write)
        command = leitstelle_command("web", "--listen-fd", str(fds[0]), "--ready-fd", str(fds[1]))
        children = [Child(f"web {n + 1}", command, fds) for n in range(env.read("LEITSTELLE_WEB_PROCESSES"))]
        children.append(Child("worker", leitstelle_command("worker", "--with-clock", "--supervised")))
        if env.read("LEITSTELLE_LMTP"):
            children.append(Child("lmtp", leitstelle_command("mail", "lmtp", "--supervised")))
        announcer = threading.Thread(
            target=announce, args=(ready_read, stop, address(sock), sign_ins), daemon=True
        )
        announcer.start()
        code = Supervisor(children, stop).run()
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
