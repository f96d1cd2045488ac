"""Who is alive: names of processes, their heartbeat rows, and finding the dead ones."""

import os
import secrets
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from leitstelle.kernel.work.models import WorkerBeat

BEAT_EVERY = timedelta(seconds=5)
SILENT_AFTER = timedelta(seconds=30)
KEEP = timedelta(days=1)


def machine() -> str:
    """Return the name under which process ids mean something: host and, on Linux, pid namespace."""
    namespace = ""
    with suppress(OSError):
        namespace = os.readlink("/proc/self/ns/pid").strip("pid:[]")
    return f"{socket.gethostname()[:60]}/{namespace}"


def new_name() -> str:
    """Return a name for this process (or one of its threads) that none had before."""
    return f"{machine()}:{os.getpid()}:{_begun(os.getpid())}-{secrets.token_hex(6)}"


def _begun(pid: int) -> str:
    """When a process began, in the kernel's ticks: a busy machine soon gives the number of a dead one to another."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    return ""


def beat(name: str, kind: str, now: datetime) -> None:
    """Say that `name` is alive."""
    WorkerBeat.objects.update_or_create(
        name=name,
        defaults={"at": now},
        create_defaults={"at": now, "started_at": now, "kind": kind, "pid": os.getpid()},
    )


def farewell(name: str) -> None:
    """Take leave after a clean stop."""
    WorkerBeat.objects.filter(name=name).delete()


def alive(kind: str, now: datetime) -> list[WorkerBeat]:
    """Return the processes of a kind that were heard lately."""
    return list(WorkerBeat.objects.filter(kind=kind, at__gte=now - SILENT_AFTER).order_by("name"))


def prune(now: datetime) -> int:
    """Forget processes that have long been silent; returns how many."""
    return WorkerBeat.objects.filter(at__lt=now - KEEP).delete()[0]


def is_dead(name: str) -> bool:
    """Whether `name` belonged to a process of this machine that is gone; False where unknown."""
    process, _, token = name.rpartition(":")
    place, _, pid = process.rpartition(":")
    if place != machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # alive, of another user
    begun = token.rpartition("-")[0]
    return bool(begun) and _begun(int(pid)) not in ("", begun)
