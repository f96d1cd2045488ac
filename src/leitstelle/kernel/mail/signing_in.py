"""Signing in to a submission server: by password, or by a token (RFC 7628, XOAUTH2)."""

import smtplib

from leitstelle.kernel.mail.transports import SmtpConfig


def sign_in(client: smtplib.SMTP, config: SmtpConfig) -> tuple[int, bytes]:
    """Sign in by one mechanism, and return the answer.

    Raises `smtplib.SMTPException`, `OSError` (`NoToken` among them).
    """
    if config.token is None:
        return client.login(config.username, config.password)
    token = config.token()
    offered = client.esmtp_features.get("auth", "").upper().split()
    if "XOAUTH2" in offered or "OAUTHBEARER" not in offered:
        mechanism, initial = "XOAUTH2", f"user={config.username}\x01auth=Bearer {token}\x01\x01"
    else:
        name = config.username.replace("=", "=3D").replace(",", "=2C")
        mechanism, initial = "OAUTHBEARER", f"n,a={name},\x01auth=Bearer {token}\x01\x01"

    def respond(challenge: bytes | None = None) -> str:
        return initial if challenge is None else ""  # a challenge holds the reason of a refusal

    return client.auth(mechanism, respond)
