"""The only place that speaks with a server of the S3 kind. No database here; trouble is `FileStoreDown`.

The client is imported with the first call: a desk that keeps its files on disk never loads it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from leitstelle.kernel.blobs.errors import FileStoreDown

# Parts in which larger files go up; at most so much of a file is in memory, times the parts under way.
PART = 8 * 1024 * 1024
_AT_ONCE = 2
_FETCH = 1024 * 1024
_CONNECT, _SILENCE = timedelta(seconds=5), timedelta(seconds=60)
_RETRIES = 2


class Place(Protocol):
    """Where the bucket is and who we are there. `endpoint` empty: the one of Amazon for the region."""

    @property
    def endpoint(self) -> str: ...
    @property
    def bucket(self) -> str: ...
    @property
    def folder(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def access_key(self) -> str: ...
    @property
    def secret_key(self) -> str: ...
    @property
    def path_style(self) -> bool: ...


@dataclass(frozen=True)
class Held:
    """What the server says of an object: its size in bytes and when it was written, in seconds since 1970."""

    size: int
    written: float


class Bucket:
    """The objects of one bucket, or of one folder in it."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def put(self, path: Path, key: str) -> None:
        """Upload a file, replacing what is there; large ones in parts."""
        obstore, store = self._client()
        with _told(), path.open("rb") as file:
            obstore.put(store, key, file, chunk_size=PART, max_concurrency=_AT_ONCE)

    def fetch(self, key: str) -> Iterator[bytes]:
        """The content in pieces; raises FileNotFoundError."""
        obstore, store = self._client()
        with _told():
            for piece in obstore.get(store, key).stream(min_chunk_size=_FETCH):
                yield bytes(piece)

    def head(self, key: str) -> Held | None:
        """What the server holds under `key`."""
        obstore, store = self._client()
        try:
            with _told():
                found = obstore.head(store, key)
        except FileNotFoundError:
            return None
        return _held(found)

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is none."""
        obstore, store = self._client()
        try:
            with _told():
                obstore.delete(store, key)
        except FileNotFoundError:
            return

    def contents(self) -> Iterator[tuple[str, Held]]:
        """Every object with what the server says of it, in pages of the server."""
        obstore, store = self._client()
        with _told():
            for page in obstore.list(store):
                for found in page:
                    yield found["path"], _held(found)

    def try_out(self) -> None:
        """Write, read, list and remove a small object; raises FileStoreDown with what the server says against it."""
        obstore, store = self._client()
        key, content = f"leitstelle-doctor/{uuid4().hex}", b"leitstelle"
        try:
            with _told():
                obstore.put(store, key, content)
                back = bytes(obstore.get(store, key).bytes())
                listed = [
                    found["path"] for page in obstore.list(store, "leitstelle-doctor") for found in page
                ]
                obstore.delete(store, key)
        except FileNotFoundError as error:
            raise FileStoreDown(reason=_first_line(error)) from error
        if back != content or key not in listed:
            raise FileStoreDown(reason="the server gives back something else than was written")

    def _client(self) -> tuple[Any, Any]:
        place = self._place
        return _connected(
            place.endpoint,
            place.bucket,
            place.folder,
            place.region,
            place.access_key,
            place.secret_key,
            place.path_style,
        )


@cache
def _connected(
    endpoint: str, bucket: str, folder: str, region: str, access: str, secret: str, path_style: bool
) -> tuple[Any, Any]:
    """The library and its client, once in a process: it keeps its connections open."""
    import obstore  # noqa: PLC0415 - a desk that keeps its files on disk does not pay for it
    from obstore.store import S3Store  # noqa: PLC0415

    where: dict[str, Any] = {"endpoint": _address(endpoint, bucket, path_style)} if endpoint else {}
    try:
        return obstore, S3Store(
            bucket,
            prefix=folder or None,
            region=region,
            access_key_id=access,
            secret_access_key=secret,
            virtual_hosted_style_request=not path_style,
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": _CONNECT,
                "timeout": timedelta(minutes=10),
                "read_timeout": _SILENCE,
            },
            retry_config={"max_retries": _RETRIES, "retry_timeout": _SILENCE},
            **where,
        )
    except Exception as error:
        raise FileStoreDown(reason=_first_line(error)) from error


def _address(endpoint: str, bucket: str, path_style: bool) -> str:
    """Where the bucket is part of the host's name, the client wants it in the address."""
    if path_style:
        return endpoint
    scheme, _, host = endpoint.partition("://")
    return f"{scheme}://{bucket}.{host}"


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the client in our words; what is not there stays FileNotFoundError."""
    try:
        yield
    except (FileNotFoundError, FileStoreDown):
        raise
    except Exception as error:
        if not _of_the_client(error):
            raise
        raise FileStoreDown(reason=_first_line(error)) from error


def _of_the_client(error: Exception) -> bool:
    return isinstance(error, OSError) or type(error).__module__.startswith("obstore")


def _first_line(error: Exception) -> str:
    """What the server said: its answers are pages long, and carry no secret in their first line."""
    return str(error).strip().partition("\n")[0][:300]


def _held(found: Any) -> Held:
    return Held(found["size"], found["last_modified"].timestamp())
