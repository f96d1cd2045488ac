"""OAuth2 for mail: addresses, requests, what answers mean."""

import json

import pytest

from leitstelle.intake.rules.mail.oauth import (
    Client,
    Refused,
    consent_address,
    endpoints,
    is_safe_place,
    oauthbearer,
    read_answer,
    token_request,
)

MICROSOFT = Client(provider="microsoft", grant="refresh", tenant="hafen.example", client_id="id", secret="s")


def test_known_providers_need_no_addresses() -> None:
    place = endpoints(MICROSOFT)
    assert place.token == "https://login.microsoftonline.com/hafen.example/oauth2/v2.0/token"
    assert "IMAP.AccessAsUser.All" in place.scope
    assert "offline_access" in place.scope
    own = endpoints(Client(provider="microsoft", grant="client", tenant="x/../y"))
    assert own.scope == "https://outlook.office365.com/.default"
    assert "x%2F..%2Fy" in own.token
    google = Client(provider="google", grant="refresh", client_id="id")
    assert endpoints(google).token == "https://oauth2.googleapis.com/token"
    assert "access_type=offline" in consent_address(google, back="b", state="s", verifier="v", user="u")


def test_requests_name_what_providers_want() -> None:
    assert token_request(MICROSOFT, "r")["scope"] == endpoints(MICROSOFT).scope
    assert "scope" not in token_request(Client(provider="google", grant="refresh", client_id="id"), "r")
    assert oauthbearer("a=b,c@x.example", "t").startswith("n,a=a=3Db=2Cc@x.example,\x01")


@pytest.mark.parametrize(
    ("error", "words", "remedy"),
    [
        ("invalid_grant", "AADSTS700082: The refresh token has expired", "connect"),
        ("invalid_grant", "Token has been expired or revoked.", "connect"),
        ("invalid_client", "AADSTS7000215: Invalid client secret provided", "secret"),
        ("invalid_grant", "AADSTS65001: The user or administrator has not consented", "consent"),
        ("invalid_request", "AADSTS90002: Tenant 'x' not found", "tenant"),
        ("server_error", "", "other"),
    ],
)
def test_refusals_say_what_to_do(error: str, words: str, remedy: str) -> None:
    body = json.dumps({"error": error, "error_description": words}).encode()
    with pytest.raises(Refused) as refused:
        read_answer(400, body)
    assert refused.value.remedy == remedy


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"access_token": 7}', b'{"access_token": ""}'])
def test_what_is_no_answer_is_a_refusal(body: bytes) -> None:
    with pytest.raises(Refused):
        read_answer(200, body)


def test_tokens_do_not_show_themselves() -> None:
    tokens = read_answer(200, b'{"access_token": "geheim", "expires_in": "abc"}')
    assert tokens.seconds == 3600
    assert "geheim" not in repr(tokens)
    assert "'s'" not in repr(MICROSOFT)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://login.example/x", True),
        ("http://127.0.0.1:1/x", True),
        ("http://login.example/x", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_secrets_travel_encrypted_only(url: str, safe: bool) -> None:
    assert is_safe_place(url) is safe
