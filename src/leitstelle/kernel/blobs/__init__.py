"""Content-addressed files: stored once by their SHA-256, served so that they cannot do harm.

Owns the `Blob` row, the directory below it and the download answer. Who may see a file is decided by the domain
whose row points at the blob: a blob by itself carries no right.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstelle.kernel.blobs.models import Blob as Blob
    from leitstelle.kernel.blobs.names import clean_filename as clean_filename
    from leitstelle.kernel.blobs.serving import (
        preview_response as preview_response,
    )
    from leitstelle.kernel.blobs.serving import (
        response as response,
    )
    from leitstelle.kernel.blobs.storing import (
        FileTooLarge as FileTooLarge,
    )
    from leitstelle.kernel.blobs.storing import (
        open_blob as open_blob,
    )
    from leitstelle.kernel.blobs.storing import (
        read_blob as read_blob,
    )
    from leitstelle.kernel.blobs.storing import (
        store as store,
    )
else:
    _HOME = {
        "Blob": "models",
        "clean_filename": "names",
        "preview_response": "serving",
        "response": "serving",
        "FileTooLarge": "storing",
        "open_blob": "storing",
        "read_blob": "storing",
        "store": "storing",
    }

    def __getattr__(name: str) -> Any:
        """Load the exported name on first use: this package is imported before Django's models are ready."""
        if name not in _HOME:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
