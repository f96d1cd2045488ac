"""What the mail server of the house says about spam, in the headers the common filters write.

The filter decides, not we: SpamAssassin (X-Spam-Flag, X-Spam-Status, X-Spam-Level), Rspamd (X-Spamd-Result, X-Spam),
Microsoft (X-Forefront-Antispam-Report, SCL), and others that write X-Spam-Flag. Strangers who write such a header
themselves only harm their own mail.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

MICROSOFT_SPAM = 5
_SCL = re.compile(r"\bSCL:(-?\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class SpamVerdict:
    """Whether the server calls a mail spam, and the header that says so."""

    is_spam: bool
    why: str = ""


def spam_verdict(headers: Iterable[tuple[str, str]]) -> SpamVerdict:
    """Return the verdict of the first header that says spam; `headers` are (name, value) as received."""
    for name, value in headers:
        told = " ".join(value.split())
        if _says_spam(name.lower(), told):
            return SpamVerdict(True, f"{name}: {told}"[:200])
    return SpamVerdict(False)


def _says_spam(name: str, value: str) -> bool:
    word = value.lower()
    if name in ("x-spam-flag", "x-spam"):
        return word.startswith(("yes", "true"))
    if name == "x-spam-status":
        return word.startswith("yes")
    if name == "x-spamd-result":
        return word.partition(":")[2].strip().startswith("true")
    if name == "x-forefront-antispam-report":
        found = _SCL.search(value)
        return found is not None and int(found[1]) >= MICROSOFT_SPAM
    return False
