"""Logging: one line a record on standard error, never a secret.

Owns the redaction of known secret values. Leaves levels and handlers to `settings.LOGGING`.
"""

import logging
import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
SHORTEST = 6
IN_ADDRESS = re.compile(r"(?P<start>[a-z][a-z0-9+.-]*://[^\s:/@]*:)[^\s@/]+(?=@)", re.IGNORECASE)
IN_QUERY = re.compile(r"(?P<start>(?:token|key|password|secret|signature)=)[^\s&\"']+", re.IGNORECASE)


class RedactingFormatter(logging.Formatter):
    """Replaces secret values, passwords in addresses and tokens in query strings, also inside tracebacks."""

    def __init__(self, fmt: str | None = None, secrets: Iterable[str] = ()) -> None:
        super().__init__(fmt)
        self._secrets = sorted({value for value in secrets if len(value) >= SHORTEST}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        for value in self._secrets:
            line = line.replace(value, HIDDEN)
        line = IN_ADDRESS.sub(rf"\g<start>{HIDDEN}", line)
        return IN_QUERY.sub(rf"\g<start>{HIDDEN}", line)
