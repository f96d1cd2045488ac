"""One signed call of an endpoint, and what follows from its answer. For network subscribers, outside of units."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from leitstelle.kernel.outbound.gateways import NotReached, post
from leitstelle.kernel.outbound.models import Endpoint
from leitstelle.kernel.outbound.rules import place_of, signatures
from leitstelle.kernel.work import GiveUp

# Answers after which the same call may do better later (RFC 9110, RFC 6585).
_LATER = frozenset({408, 425, 429})


class CallFailed(Exception):
    """Nobody took the call; the delivery tries again."""


def call(endpoint: Endpoint, event: str, number: int, content: Mapping[str, Any], now: datetime) -> None:
    """Post `content` as JSON, signed with the endpoint's keys; nothing where the endpoint is switched off.

    `number` names the call, the same on every try, so that the other side can leave out what it has. Raises
    `CallFailed` where another try may help, else `GiveUp`.
    """
    if not endpoint.is_active:
        return
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    moment = int(now.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Leitstelle",
        "X-Leitstelle-Event": event,
        "X-Leitstelle-Delivery": str(number),
        "X-Leitstelle-Timestamp": str(moment),
        "X-Leitstelle-Signature": signatures(endpoint.keys_at(now), moment, body),
    }
    try:
        status = post(place_of(endpoint.address), body, headers, settings.WEBHOOK_NETWORKS)
    except NotReached as error:
        _note(endpoint, error.reason, now)
        if error.forbidden:
            raise GiveUp(error.reason) from error
        raise CallFailed(error.reason) from error
    _note(endpoint, str(status), now)
    if 200 <= status < 300:
        return
    if status >= 500 or status in _LATER:
        raise CallFailed(f"answered {status}")
    raise GiveUp(f"answered {status}")


def _note(endpoint: Endpoint, answer: str, now: datetime) -> None:
    Endpoint.objects.filter(pk=endpoint.pk).update(called_at=now, answer=answer)
