"""The keys without which secrets in the database stay closed: recognising them, taking them along, putting them back.

Mailbox passwords are encrypted with these keys, checkpoints of the journal and links in mails signed with them.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass
from pathlib import Path

from leitstelle.config import env
from leitstelle.config.backup.errors import BackupError, Damaged
from leitstelle.config.backup.manifest import Manifest
from leitstelle.config.secret_key import FILE_NAME, make_data_directory
from leitstelle.config.texts import _

RESTORED_KEYS = "restored_encryption_keys"


@dataclass(frozen=True)
class Keys:
    """SECRET_KEY and the keys of LEITSTELLE_ENCRYPTION_KEYS."""

    secret: str
    encryption: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        return json.dumps({"secret": self.secret, "encryption": list(self.encryption)}).encode()


def parse(raw: bytes) -> Keys:
    """Read the member of an archive that holds the keys; raises Damaged."""
    try:
        data = json.loads(raw)
        return Keys(str(data["secret"]), tuple(map(str, data["encryption"])))
    except (ValueError, KeyError, TypeError):
        raise Damaged(_("The keys in the archive cannot be understood.")) from None


def mark(key: str) -> str:
    """A short mark by which a key is recognised and nothing is opened."""
    return hmac.new(key.encode(), b"leitstelle backup: which key is this", hashlib.sha256).hexdigest()[:16]


def present(data: Path) -> Keys | None:
    """The keys this machine would use for the data directory, without making one; None where there is none yet."""
    secret = str(env.read("SECRET_KEY"))
    kept = data / FILE_NAME
    if not secret and kept.is_file():
        secret = kept.read_text("ascii").strip()
    return Keys(secret, env.read("LEITSTELLE_ENCRYPTION_KEYS")) if secret else None


def missing(manifest: Manifest, keys: Keys | None) -> list[str]:
    """Names of the variables whose keys the archive was written with and that are not here."""
    lacking = []
    if keys is None or mark(keys.secret) != manifest.key:
        lacking.append("SECRET_KEY")
    known = {mark(key) for key in keys.encryption} if keys else set()
    if not set(manifest.encryption_keys) <= known:
        lacking.append("LEITSTELLE_ENCRYPTION_KEYS")
    return lacking


def put_back(keys: Keys, manifest: Manifest, data: Path) -> list[str]:
    """Write the keys of an archive where the desk looks for them; returns what is left for a person to do.

    Raises BackupError where another key is in use there already.
    """
    here, todo = present(data), []
    if here is None:
        make_data_directory(data)
        _write(data / FILE_NAME, keys.secret)
    elif mark(here.secret) != manifest.key:
        raise BackupError(
            _(
                "The data directory already has another secret key. Move its file secret_key away, or unset SECRET_KEY."
            )
        )
    if set(manifest.encryption_keys) - {mark(key) for key in (here.encryption if here else ())}:
        _write(data / RESTORED_KEYS, ",".join(keys.encryption))
        os.environ["LEITSTELLE_ENCRYPTION_KEYS"] = ",".join(keys.encryption)
        text = _("Set LEITSTELLE_ENCRYPTION_KEYS to what is in %(path)s, then remove that file.")
        todo.append(text % {"path": data / RESTORED_KEYS})
    return todo


def _write(path: Path, content: str) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
