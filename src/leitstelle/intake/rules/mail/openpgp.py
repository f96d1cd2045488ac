"""Mail that is signed or encrypted with OpenPGP (RFC 9580, 3156): who signed it, and what is inside.

The library runs in a process of its own (`openpgp_apart`): nothing that comes in does harm here. Never raises.
"""

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .parsed import Signature

ARMOUR = "-----BEGIN PGP "
UNKNOWN, CHANGED = "the key is not known here", "the content was changed after it was signed"
# Beyond the time that the process gives itself: a machine under load is no reason to doubt a signature.
SECONDS = 180
_APART = Path(__file__).with_name("openpgp_apart.py")
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True)
class PublicKey:
    """A key that counts: whose it is, its fingerprint, and itself in armour."""

    holder: str
    fingerprint: str
    armoured: str


@dataclass(frozen=True)
class SecretKey:
    """A key that opens mail: in base64, with the password it is locked by, perhaps empty."""

    key: str = field(repr=False)
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class KeyFile:
    """What stands in a file with a key. `expires` in seconds since 1970, None: never."""

    public: PublicKey
    expires: float | None
    secret: SecretKey | None


@dataclass(frozen=True)
class Unsealed:
    """What stood in a sealed message; `signature` where it was signed inside."""

    content: bytes
    signature: Signature | None


def read_key(data: bytes, password: str = "") -> KeyFile | None:
    """The key in a file, in armour or binary; None where there is none, it is revoked, or the password is wrong."""
    found = _done({"task": "key", "data": _text(data), "password": password})
    if found is None or found["is_revoked"]:
        return None
    holder = next((one for one in found["holders"] if "@" in one), next(iter(found["holders"]), ""))
    public = PublicKey(holder or found["fingerprint"], found["fingerprint"], found["public"])
    secret = SecretKey(found["secret"], password) if found["secret"] else None
    return KeyFile(public, found["expires"], secret)


def check_beside(content: bytes, signature: bytes, keys: Sequence[PublicKey]) -> Signature:
    """What a signature beside its content says."""
    task = {"task": "check", "data": _text(content), "signature": _text(signature)}
    return _judged(_done(task | _public(keys)), keys)


def check_around(block: bytes, keys: Sequence[PublicKey]) -> Signature:
    """What the signature of a text that is signed in line says."""
    return _judged(_done({"task": "check", "data": _text(block)} | _public(keys)), keys)


def unseal(message: bytes, secrets: Sequence[SecretKey], keys: Sequence[PublicKey]) -> Unsealed | None:
    """What stands in a sealed message; None where no key opens it."""
    if not secrets:
        return None
    own = [{"key": one.key, "password": one.password} for one in secrets]
    found = _done({"task": "open", "data": _text(message), "secret": own} | _public(keys))
    if found is None or found["content"] is None:
        return None
    signature = _judged(found, keys) if found["is_signed"] else None
    return Unsealed(base64.b64decode(found["content"]), signature)


def _judged(found: dict[str, Any] | None, keys: Sequence[PublicKey]) -> Signature:
    holders = {one.fingerprint: one.holder for one in keys}
    if found is None:
        return Signature("pgp", "broken", "", "not understood")
    if found["good"]:
        return Signature("pgp", "good", holders.get(found["good"], ""), "")
    if found["known"]:
        return Signature("pgp", "broken", holders.get(found["known"], ""), CHANGED)
    return Signature("pgp", "unknown", "", UNKNOWN)


def _public(keys: Sequence[PublicKey]) -> dict[str, Any]:
    return {"public": [one.armoured for one in keys]}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _done(task: dict[str, Any]) -> dict[str, Any] | None:
    try:
        # On its own and without the environment, which holds the keys of the house.
        done = subprocess.run(
            [sys.executable, "-I", str(_APART)],
            input=json.dumps(task).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
            env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        )
        found: dict[str, Any] | None = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return None
    return found
