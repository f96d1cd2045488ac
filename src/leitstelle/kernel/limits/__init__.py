"""Rate limits that hold across processes.

Names are loaded on first use, because this package is imported before Django's models are.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstelle.kernel.limits.counting import check, hit, prune, seconds_left
    from leitstelle.kernel.limits.errors import TooMany

__all__ = ["TooMany", "check", "hit", "prune", "seconds_left"]

if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        home = "errors" if name == "TooMany" else "counting"
        return getattr(import_module(f"{__name__}.{home}"), name)
