"""Base of the REST API under /api/v1/: one `api`, problem+json, idempotency, cursors, conditional requests.

Owns how the API speaks. What it says belongs to the routers of the domains; tokens belong to accounts, which
registers a resolver (`register_token_resolver`).
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstelle.kernel.api.auth import Scope as Scope
    from leitstelle.kernel.api.auth import needs as needs
    from leitstelle.kernel.api.auth import register_token_resolver as register_token_resolver
    from leitstelle.kernel.api.auth import viewer_of as viewer_of
    from leitstelle.kernel.api.conditional import (
        check_if_match as check_if_match,
    )
    from leitstelle.kernel.api.conditional import (
        etag as etag,
    )
    from leitstelle.kernel.api.conditional import (
        set_etag as set_etag,
    )
    from leitstelle.kernel.api.instance import api as api
    from leitstelle.kernel.api.pages import CursorPage as CursorPage
    from leitstelle.kernel.api.pages import Ref as Ref
    from leitstelle.kernel.api.pages import paginate as paginate
    from leitstelle.kernel.api.problems import Problem as Problem
else:
    _HOME = {
        "Scope": "auth",
        "needs": "auth",
        "viewer_of": "auth",
        "register_token_resolver": "auth",
        "check_if_match": "conditional",
        "etag": "conditional",
        "set_etag": "conditional",
        "api": "instance",
        "CursorPage": "pages",
        "paginate": "pages",
        "Ref": "pages",
        "Problem": "problems",
    }

    def __getattr__(name: str) -> Any:
        """Load the exported name on first use: this package is imported before Django's models are ready."""
        if name not in _HOME:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
