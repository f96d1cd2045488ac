"""Checks and opens what OpenPGP made: reads a task from standard input, writes what was found to standard output.

Run as a process of its own, never imported: what hostile input does to memory, time or the library ends with it. The
task and the answer are JSON, bytes in base64. Exit code 0 with an answer; anything else: not understood.
"""

import base64
import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

from pysequoia import Cert, Sig, Tsk, decrypt, verify
from pysequoia.packet import PacketPile

MOST_MEMORY, MOST_SECONDS = 1536 * 1024 * 1024, 60
MOST_CONTENT = 200 * 1024 * 1024


def main() -> int:
    """Do the task that comes in."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    task = json.load(sys.stdin.buffer)
    json.dump(_TASKS[task["task"]](task), sys.stdout)
    return 0


def _key(task: dict[str, Any]) -> dict[str, Any]:
    """What a key is: the first of the file counts. `armoured` holds what is kept of it."""
    data = base64.b64decode(task["data"])
    certificate = Cert.split_bytes(data)[0]
    secret = certificate.has_secret_keys
    if secret:
        tsk = Tsk.from_bytes(data)
        tsk.decryptor(task["password"] or None)
        certificate = tsk.extract_certificate()
    expires = certificate.expiration
    return {
        "fingerprint": certificate.fingerprint,
        "holders": [str(user) for user in certificate.user_ids],
        "expires": expires.timestamp() if expires is not None else None,
        "is_revoked": certificate.is_revoked,
        "public": str(certificate),
        "secret": base64.b64encode(bytes(tsk)).decode() if secret else "",
    }


def _check(task: dict[str, Any]) -> dict[str, Any]:
    """Whether a signature fits: beside the content (`signature`), or around it."""
    keys = _Keys(task["public"])
    data = base64.b64decode(task["data"])
    beside = Sig.from_bytes(base64.b64decode(task["signature"])) if task.get("signature") else None
    if beside is not None:
        keys.asked = {one.lower() for one in (beside.issuer_fingerprint, beside.issuer_key_id) if one}
    try:
        found = verify(bytes=data, store=keys.store, signature=beside)
    except Exception:
        return keys.answer((), None)
    return keys.answer(found.valid_sigs, found.bytes if beside is None else None)


def _open(task: dict[str, Any]) -> dict[str, Any]:
    """What stands in a sealed message, with the first key that opens it."""
    data = base64.b64decode(task["data"])
    for secret in task["secret"]:
        try:
            tsk = Tsk.from_bytes(base64.b64decode(secret["key"]))
            plain = decrypt(decryptor=tsk.decryptor(secret["password"] or None), bytes=data).bytes
        except Exception:  # noqa: S112  # another key may fit; what is wrong with this one nobody can be told here
            continue
        if plain is None or len(plain) > MOST_CONTENT:
            break
        keys = _Keys(task["public"])
        try:
            again = decrypt(decryptor=tsk.decryptor(secret["password"] or None), bytes=data, store=keys.store)
        except Exception:
            return keys.answer((), plain) | {"is_signed": bool(keys.asked)}
        return keys.answer(again.valid_sigs, plain) | {"is_signed": bool(keys.asked)}
    raise ValueError("no key opens it")


class _Keys:
    """The keys that count, and which of them a signature asked for."""

    def __init__(self, public: list[str]) -> None:
        self._certificates = [Cert.from_bytes(text.encode()) for text in public]
        self.asked: set[str] = set()

    def store(self, ids: list[str]) -> list[Cert]:
        self.asked |= {str(one).lower() for one in ids}
        return self._certificates

    def answer(self, signatures: Any, content: bytes | None) -> dict[str, Any]:
        good = next((one.certificate for one in signatures), "")
        known = next((one.fingerprint for one in self._certificates if self._made_by(one)), "")
        return {
            "good": good,
            "known": known,
            "content": base64.b64encode(content).decode() if content is not None else None,
        }

    def _made_by(self, certificate: Cert) -> bool:
        return any(own.endswith(one) for own in _numbers(certificate) for one in self.asked if len(one) >= 16)


def _numbers(certificate: Cert) -> Iterator[str]:
    for packet in PacketPile.from_bytes(bytes(certificate)):
        if packet.fingerprint:
            yield packet.fingerprint.lower()


_TASKS = {"key": _key, "check": _check, "open": _open}


if __name__ == "__main__":
    sys.exit(main())
