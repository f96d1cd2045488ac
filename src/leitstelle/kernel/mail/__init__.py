"""The outbox: every mail that leaves is rendered once, kept, sent with retries and answered for.

Owns rendering, the outbox tables and sending. Which account sends is told by a resolver that a domain registers
(`register_transport`); incoming mail belongs to intake.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitstelle.kernel.mail.actions import (
        queue_mail as queue_mail,
    )
    from leitstelle.kernel.mail.actions import (
        release_held as release_held,
    )
    from leitstelle.kernel.mail.actions import (
        retry_mail as retry_mail,
    )
    from leitstelle.kernel.mail.events import (
        MailFailed as MailFailed,
    )
    from leitstelle.kernel.mail.events import (
        MailQueued as MailQueued,
    )
    from leitstelle.kernel.mail.events import (
        MailSent as MailSent,
    )
    from leitstelle.kernel.mail.guards import (
        Guard as Guard,
    )
    from leitstelle.kernel.mail.guards import (
        register_guard as register_guard,
    )
    from leitstelle.kernel.mail.models import OutboxMail as OutboxMail
    from leitstelle.kernel.mail.models import OutboxRecipient as OutboxRecipient
    from leitstelle.kernel.mail.outgoing import Outgoing as Outgoing
    from leitstelle.kernel.mail.queries import outbox_page as outbox_page
    from leitstelle.kernel.mail.rendering import is_own_mail as is_own_mail
    from leitstelle.kernel.mail.transports import (
        SmtpConfig as SmtpConfig,
    )
    from leitstelle.kernel.mail.transports import (
        house_address as house_address,
    )
    from leitstelle.kernel.mail.transports import (
        register_transport as register_transport,
    )
else:
    _HOME = {
        "queue_mail": "actions",
        "release_held": "actions",
        "retry_mail": "actions",
        "MailFailed": "events",
        "MailQueued": "events",
        "MailSent": "events",
        "Guard": "guards",
        "register_guard": "guards",
        "OutboxMail": "models",
        "OutboxRecipient": "models",
        "Outgoing": "outgoing",
        "outbox_page": "queries",
        "is_own_mail": "rendering",
        "SmtpConfig": "transports",
        "house_address": "transports",
        "register_transport": "transports",
    }

    def __getattr__(name: str) -> Any:
        """Load the exported name on first use: this package is imported before Django's models are ready."""
        if name not in _HOME:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
