"""Texts that scripts show. The modules call `gettext("…")`; extraction finds those calls, this module finds them too.

The list of msgids comes from the shipped modules themselves, so that no second list can go stale.
"""

import re
from functools import cache
from pathlib import Path

from django.utils.translation import gettext

_MODULES = Path(__file__).resolve().parents[2]
_CALL = re.compile(r"""\bgettext\(\s*"((?:[^"\\]|\\.)*)"\s*[,)]""")


@cache
def msgids() -> tuple[str, ...]:
    """Every text in a `gettext("…")` call of the ES modules under `*/static/*/js/`."""
    found: set[str] = set()
    for path in sorted(_MODULES.glob("**/static/**/js/*.js")):
        found.update(match.group(1) for match in _CALL.finditer(path.read_text("utf-8")))
    return tuple(sorted(found))


def texts() -> dict[str, str]:
    """All of them in the current language."""
    return {msgid: gettext(msgid) for msgid in msgids()}
