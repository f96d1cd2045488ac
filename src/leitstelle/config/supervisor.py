"""Runs the processes of one machine: starts them, restarts what crashes, stops everything cleanly.

Owns child processes and their signals. Knows nothing of Django: it stays small, since it lives as long as the desk.
Each child reads its standard input: when the supervisor dies in any way, the pipe closes and the child stops itself.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

logger = logging.getLogger(__name__)
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
HEALTHY_AFTER = 60.0
GRACE = 8.0
CONFIGURATION_ERROR = 2
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Child:
    """One process to keep alive. Times are seconds of the monotonic clock."""

    name: str
    command: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    start_again_at: float = 0.0

    def start(self, now: float) -> None:
        """Starts the process in a session of its own: Ctrl-C reaches the supervisor alone, which then decides."""
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            pass_fds=self.pass_fds,
            start_new_session=True,
            env=child_environment(),
        )
        self.started_at = now

    def crashed(self, now: float) -> None:
        """Plans the next start: twice the pause of the last time, or a short one after a healthy while."""
        if now - self.started_at >= HEALTHY_AFTER:
            self.pause = FIRST_PAUSE
        self.start_again_at = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if self.process and self.process.stdin:
            self.process.stdin.close()
        self.process = None


def child_environment() -> dict[str, str]:
    """Our environment; fewer malloc arenas keep threads from holding memory that another one has freed."""
    return {"MALLOC_ARENA_MAX": "2", "PYTHONUNBUFFERED": "1"} | os.environ


def leitstelle_command(*words: str) -> list[str]:
    """The command line that starts another command of this installation."""
    return [sys.executable, "-m", "leitstelle", *words]


@dataclass
class Supervisor:
    """Keeps children running until `stop` is set or a stop signal arrives."""

    children: list[Child] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    on_start: Callable[[Child], None] = lambda child: None
    exit_code: int = 0

    def start_early(self, name: str) -> None:
        """Starts the children of that name before `run`, which then keeps them."""
        for child in self.children:
            if child.name.startswith(name):
                child.start(time.monotonic())
                self.on_start(child)

    def run(self) -> int:
        """Blocks until stopped; returns the exit code: 0, or 2 when a child refused the configuration."""
        try:
            while not self.stop.is_set():
                self.step(time.monotonic())
                self.stop.wait(0.1)
        finally:
            self.shut_down()
        return self.exit_code

    def step(self, now: float) -> None:
        """Looks at every child once: notices ends, starts what is due."""
        for child in self.children:
            if child.process is not None and (code := child.process.poll()) is not None:
                self._ended(child, code, now)
            if child.process is None and now >= child.start_again_at and not self.stop.is_set():
                child.start(now)
                self.on_start(child)

    def _ended(self, child: Child, code: int, now: float) -> None:
        child.crashed(now)
        if code == CONFIGURATION_ERROR:
            self.exit_code = code
            self.stop.set()
            return
        logger.warning(
            "%s ended with code %s, starting it again in %.1f s", child.name, code, child.start_again_at - now
        )

    def shut_down(self) -> None:
        """Asks all children to stop, waits some seconds, then kills what is left."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.warning("process %s did not stop in time", process.pid)
                process.kill()
                process.wait()
        for child in self.children:
            if child.process is not None and child.process.stdin is not None:
                child.process.stdin.close()
            child.process = None


@contextmanager
def stop_on_signals(stop: threading.Event) -> Iterator[None]:
    """Sets `stop` on SIGINT, SIGTERM and SIGHUP, and restores the old handlers afterwards."""

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_with_parent(stop: Callable[[], None]) -> None:
    """In a child: calls `stop` when the supervisor is gone, which closes our standard input."""

    def watch() -> None:
        while os.read(0, 1024):
            pass
        stop()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
