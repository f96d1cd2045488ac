"""Keeping what was learned, and loading it again where its signature shows that this desk wrote it.

What is stored can run code when it is loaded. So only a content that this desk's key signed is opened, and only
classes of the statistics may appear in it.
"""

import hashlib
import io
import pickle
import zlib
from importlib import import_module
from importlib.metadata import version as version_of
from typing import Any

from django.core.signing import BadSignature

from leitstelle.kernel.blobs import Blob, read_blob, store
from leitstelle.kernel.secrets import sign, unsign
from leitstelle.triage.models import ModelVersion

_PURPOSE = "triage-model"
# Changes with the shape of what is stored.
_FORMAT = 2
_TRUSTED = ("leitstelle.triage.rules.learning", "numpy", "scipy.sparse", "sklearn")
_PLAIN = {("builtins", name) for name in ("set", "frozenset", "slice", "str", "int", "float", "bool")}
_PLAIN |= {("collections", "defaultdict"), ("copyreg", "_reconstructor"), ("builtins", "object")}


class ModelUnusable(Exception):
    """The stored model was not signed by this desk, was made with other libraries, or is gone."""


def statistics() -> Any:
    """Return the package that learns. Loading it takes a second and 120 MB: never in a web process."""
    return import_module("leitstelle.triage.rules.learning")


def made_with() -> str:
    """Return what a stored model depends on."""
    return f"{_FORMAT} scikit-learn {version_of('scikit-learn')} numpy {version_of('numpy')}"


def keep(learned: Any) -> tuple[Blob, str]:
    """Store what was learned; returns its blob and the signature that vouches for it."""
    blob = store(zlib.compress(pickle.dumps(learned, protocol=5), 1))
    return blob, sign(blob.digest, _PURPOSE)


def load(version: ModelVersion) -> Any:
    """Return what a version learned. Raises `ModelUnusable`."""
    if version.blob is None or version.made_with != made_with():
        raise ModelUnusable("made with other libraries, or not kept any longer")
    try:
        content = read_blob(version.blob)
        signed = unsign(version.signature, _PURPOSE)
    except (OSError, BadSignature) as error:
        raise ModelUnusable(f"{type(error).__name__}: not this desk's own") from error
    if hashlib.sha256(content).hexdigest() != signed:
        raise ModelUnusable("the content is not the one that was signed")
    statistics()
    try:
        return _Careful(io.BytesIO(zlib.decompress(content))).load()
    except (pickle.UnpicklingError, zlib.error, AttributeError, ImportError) as error:
        raise ModelUnusable(f"{type(error).__name__}: {error}") from error


class _Careful(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        trusted = any(module == root or module.startswith(f"{root}.") for root in _TRUSTED)
        if trusted or (module, name) in _PLAIN:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} does not belong in a model")


# By signature: it names the very content, while a number may stand for another one once rows are taken back.
_loaded: dict[str, Any] = {}


def loaded(version: ModelVersion) -> Any:
    """Return what a version learned, kept in this process until another version is asked for."""
    if version.signature not in _loaded:
        _loaded.clear()
        _loaded[version.signature] = load(version)
    return _loaded[version.signature]
