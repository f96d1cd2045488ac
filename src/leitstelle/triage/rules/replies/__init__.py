"""Whether a reply only thanks, or asks to close: German and English, by words and structure, precision first."""

from leitstelle.triage.rules.replies.reading import SURE as SURE
from leitstelle.triage.rules.replies.reading import Meaning as Meaning
from leitstelle.triage.rules.replies.reading import Reading as Reading
from leitstelle.triage.rules.replies.reading import read_reply as read_reply
