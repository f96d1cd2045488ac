"""Mail domains at which anybody can have an address: they say nothing about who writes."""

_PUBLIC = frozenset(
    {
        "aol.com",
        "arcor.de",
        "bluewin.ch",
        "freenet.de",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.de",
        "gmx.net",
        "googlemail.com",
        "hotmail.com",
        "hotmail.de",
        "icloud.com",
        "live.com",
        "live.de",
        "mail.de",
        "mailbox.org",
        "me.com",
        "online.de",
        "outlook.com",
        "outlook.de",
        "posteo.de",
        "proton.me",
        "protonmail.com",
        "t-online.de",
        "vodafone.de",
        "web.de",
        "yahoo.com",
        "yahoo.de",
    }
)


def is_public(domain: str) -> bool:
    """Return whether everybody can have an address at this domain."""
    return domain.strip().lower() in _PUBLIC or "." not in domain
