"""One call of a telephone system's interface, which makes an agent's telephone ring. Never inside of a unit."""

from django.conf import settings

from leitstelle.intake.choices import DialProblem
from leitstelle.intake.errors import NotDialled
from leitstelle.intake.queries.dialing import Dialling
from leitstelle.intake.rules.telephony.dialing import dial_request
from leitstelle.kernel.outbound.gateways import NotReached, post
from leitstelle.kernel.outbound.rules import WrongAddress, place_of

_REFUSED = frozenset({401, 403})


def dial(dialling: Dialling, number: str) -> None:
    """Ask for a call to a number (E.164). Raises `NotDialled` with what went wrong."""
    source = dialling.source
    request = dial_request(
        source.dial_kind,
        line=dialling.line,
        number=number,
        user=source.dial_user,
        secret=str(source.dial_secret),
    )
    try:
        place = place_of(source.dial_address)
        status = post(place, request.body, request.headers, settings.WEBHOOK_NETWORKS)
    except WrongAddress as error:
        raise NotDialled.because(DialProblem.FORBIDDEN) from error
    except NotReached as error:
        problem = DialProblem.FORBIDDEN if error.forbidden else DialProblem.NOT_REACHED
        raise NotDialled.because(problem) from error
    if status in _REFUSED:
        raise NotDialled.because(DialProblem.NOT_ALLOWED)
    if not 200 <= status < 300:
        raise NotDialled.because(DialProblem.REFUSED)
