"""Facts about stored files."""

from dataclasses import dataclass
from typing import ClassVar

from leitstelle.kernel.events.data import EventData


@dataclass(frozen=True)
class FileInfected(EventData):
    """The virus scanner found something; the file is not handed out any more. Subject: blob."""

    code: ClassVar[str] = "file.infected"

    signature: str
