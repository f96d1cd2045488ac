"""Live updates: server-sent events fed by the journal, polling where a stream cannot be kept, presence.

Only ids and topics travel, never content: a page that hears of something fetches it through its own view, which
checks visibility as always. Domains say which topics an event touches and who may hear of a subject.
"""

from .topics import live_topic, register_live_check, visible_ids

__all__ = ["live_topic", "register_live_check", "visible_ids"]
