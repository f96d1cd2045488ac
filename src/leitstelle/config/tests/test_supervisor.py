"""The supervisor with small stand-ins for the real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from leitstelle.config import supervisor
from leitstelle.config.supervisor import Child, Supervisor

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open({mark!r}, 'w'); time.sleep(60)"
)


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def process_of(child: Child) -> subprocess.Popen[bytes]:
    assert child.process is not None
    return child.process


def is_running(child: Child) -> bool:
    return child.process is not None


def test_starts_every_child_and_stops_them_all() -> None:
    boss = Supervisor([Child("a", SLEEPER), Child("b", SLEEPER)])
    started: list[subprocess.Popen[bytes]] = []

    def note(child: Child) -> None:
        started.append(process_of(child))
        if len(started) == 2:
            boss.stop.set()

    boss.on_start = note
    assert boss.run() == 0
    assert [process.returncode for process in started] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_crashed_child_starts_again_after_growing_pauses() -> None:
    child = Child("a", [sys.executable, "-c", "raise SystemExit(1)"])
    boss = Supervisor([child])
    pauses = []
    now = 0.0
    for _attempt in range(3):
        boss.step(now)
        process_of(child).wait()
        now += 1.0
        boss.step(now)
        assert not is_running(child)
        pauses.append(child.start_again_at - now)
        boss.step(now + pauses[-1] / 2)
        assert not is_running(child)
        now = child.start_again_at
    assert pauses == [0.5, 1.0, 2.0]


def test_pause_is_short_again_after_a_healthy_while() -> None:
    child = Child("a", SLEEPER, pause=16.0, started_at=0.0)
    child.crashed(supervisor.HEALTHY_AFTER + 1)
    assert child.start_again_at == supervisor.HEALTHY_AFTER + 1 + supervisor.FIRST_PAUSE


def test_pause_never_grows_beyond_the_longest() -> None:
    child = Child("a", SLEEPER, pause=supervisor.LONGEST_PAUSE)
    child.crashed(1.0)
    assert child.pause == supervisor.LONGEST_PAUSE


def test_wrong_configuration_stops_everything_instead_of_trying_for_ever() -> None:
    boss = Supervisor([Child("a", [sys.executable, "-c", "raise SystemExit(2)"]), Child("b", SLEEPER)])
    assert boss.run() == 2


def test_a_child_that_ignores_the_request_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "GRACE", 0.3)
    deaf = tmp_path / "deaf"
    child = Child("a", [sys.executable, "-c", DEAF.format(mark=str(deaf))])
    boss = Supervisor([child])
    boss.step(0.0)
    process = process_of(child)
    wait_until(deaf.exists)
    boss.shut_down()
    assert process.returncode == -signal.SIGKILL


def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    child = (
        "import os, sys, threading; from leitstelle.config.supervisor import stop_with_parent\n"
        "stop = threading.Event(); stop_with_parent(stop.set)\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))\n"
        f"stop.wait(); open({str(tmp_path / 'ended')!r}, 'w')"
    )
    parent = (
        "import sys; from leitstelle.config.supervisor import Child, Supervisor\n"
        f"Supervisor([Child('a', [sys.executable, '-c', {child!r}])]).run()"
    )
    process = subprocess.Popen([sys.executable, "-c", parent])
    wait_until((tmp_path / "pid").exists)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_until((tmp_path / "ended").exists)
