"""The key that signs sessions and links: from the environment, or made once and kept beside the data.

Owns making directory and file with owner-only rights, also when several processes start at the same moment.
"""

import os
import secrets
from pathlib import Path

from leitstelle.config.env import ConfigurationError
from leitstelle.config.texts import _

FILE_NAME = "secret_key"


def make_data_directory(path: Path) -> Path:
    """Makes the directory, closed to other users of the machine; leaves an existing one as it is.

    Raises ConfigurationError when it cannot be made.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        text = _("The data directory %(path)s cannot be made: %(reason)s. Check LEITSTELLE_DATA.")
        raise ConfigurationError(text % {"path": path, "reason": error.strerror}) from None
    return path


def load_or_create(data: Path) -> str:
    """The key kept in the data directory; makes directory and key on first use. Raises OSError without rights."""
    path = data / FILE_NAME
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        make_data_directory(data)
    temporary = data / f".{FILE_NAME}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails when another process was first; a rename would replace the key it already uses.
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return path.read_text("ascii").strip()
