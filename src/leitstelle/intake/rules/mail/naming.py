"""Which Message-IDs a mail bears and names."""

import re
from email.parser import BytesHeaderParser

from .acceptance import header_part

MOST = 60
_ID = re.compile(r"<([^<>\s]{1,250})>")


def named_ids(raw: bytes) -> list[str]:
    """Return the mail's own id, the one it answers and those it refers to, without brackets; each once."""
    headers = BytesHeaderParser().parsebytes(header_part(raw))
    found = [
        one
        for name in ("Message-ID", "In-Reply-To", "References")
        for one in _ID.findall(str(headers.get(name, "")))
    ]
    return list(dict.fromkeys(found))[:MOST]
