"""The visitor's way through level 0, before there is a chat and while one waits; and the transcript by mail.

Before there is a chat nothing is kept here: the state comes with each question and goes back with the answer. As
everywhere in the visitor's chat there is no cookie.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from leitstelle.accounts.rules import normalise_email
from leitstelle.intake.actions.chat_aid import answer_aid, back_in_aid, begin_aid, leave_aid, solve_by_aid
from leitstelle.intake.actions.chat_transcript import send_transcript
from leitstelle.intake.errors import NotAnAnswer
from leitstelle.intake.models import Chat
from leitstelle.intake.queries.level0 import begun, look_at, named, offers_at, provider_of, shown_aid
from leitstelle.intake.queries.shown_chats import frame_of
from leitstelle.intake.rules.carried import MAX_CARRIED
from leitstelle.intake.views.chat_visitor import answers_json, asked_door, asking_chat, number_in, unknown
from leitstelle.intake.views.portal_doors import check_machine
from leitstelle.kernel import limits
from leitstelle.kernel.errors import InvalidInput
from leitstelle.kernel.viewer import Viewer

ASKED_PER_MACHINE = (300, timedelta(hours=1))
HELPED_PER_MACHINE = (20, timedelta(days=1))
STEPS_PER_CHAT = (60, timedelta(minutes=1))
MAILS_PER_MACHINE = (10, timedelta(hours=1))


@csrf_exempt
@require_http_methods(["GET", "POST"])
@answers_json
def before(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """GET: what fits the words `q`. POST: one step of a dialogue before there is a chat; answers with its state."""
    door, now = asked_door(public_id), timezone.now()
    check_machine(request, "chat.level0", *ASKED_PER_MACHINE, now)
    language = (translation.get_language() or "de")[:2]
    if request.method == "GET":
        found = offers_at(door, request.GET.get("q", "")[:200], language)
        return JsonResponse({"offers": [asdict(one) for one in found]})
    state = _stepped(request, request.POST.get("state", "")[:MAX_CARRIED])
    stands = look_at(state, language)
    solved = stands is not None and (stands.is_solved or request.POST.get("step") == "solved")
    if solved:
        _count(request, state, now)
    shown = shown_aid(state, language)
    return JsonResponse({"state": state, "aid": shown and shown | {"solved": solved}})


def _stepped(request: HttpRequest, state: str) -> str:
    values = request.POST
    step, found = values.get("step", ""), provider_of(state)
    if step == "begin":
        return begun(values.get("key", "")[:100])
    if found is None:
        return ""
    if step == "back":
        return named(found[0], found[0].back(found[1]))
    if step == "answer":
        asked = values.get("question", ""), values.get("given", ""), values.get("typed", "")
        answered = found[0].answer(found[1], *asked)
        if answered is None:
            raise NotAnAnswer()
        return named(found[0], answered)
    return state


def _count(request: HttpRequest, state: str, now: datetime) -> None:
    """Some times a day per machine, as in the portal."""
    found = provider_of(state)
    try:
        check_machine(request, "portal.guide", *HELPED_PER_MACHINE, now)
    except limits.TooMany:
        return
    if found is not None:
        found[0].helped(found[1], by=Viewer.system(), now=now)


@csrf_exempt
@require_POST
@answers_json
def within(request: HttpRequest) -> HttpResponseBase:
    """One step of a dialogue in a chat that waits; answers as `chat_visitor.lines`."""
    chat = asking_chat(request)
    if chat is None:
        return unknown()
    now = timezone.now()
    limit, per = STEPS_PER_CHAT
    limits.check("chat.aid", str(chat.pk), limit=limit, per=per, now=now)
    _step(request, chat, now)
    chat.refresh_from_db()
    return JsonResponse(frame_of(chat, number_in(request.POST.get("after", ""))))


def _step(request: HttpRequest, chat: Chat, now: datetime) -> None:
    values = request.POST
    step = values.get("step", "")
    if step == "begin":
        begin_aid(chat, values.get("key", "")[:100], now=now)
    elif step == "answer":
        asked = values.get("question", ""), values.get("given", ""), values.get("typed", "")
        answer_aid(chat, *asked, now=now)
    elif step == "back":
        back_in_aid(chat, now=now)
    elif step == "solved":
        solve_by_aid(chat, now=now)
    elif step == "person":
        leave_aid(chat, for_team=True, now=now)
    else:
        raise InvalidInput()


@csrf_exempt
@require_POST
@answers_json
def transcript(request: HttpRequest) -> HttpResponseBase:
    """Send what was said to the visitor by mail; answers as `chat_visitor.lines`."""
    chat = asking_chat(request)
    if chat is None:
        return unknown()
    now = timezone.now()
    check_machine(request, "chat.transcripts", *MAILS_PER_MACHINE, now)
    try:
        email = (
            normalise_email(request.POST.get("email", "").strip()[:254]) if request.POST.get("email") else ""
        )
    except ValueError:
        raise InvalidInput(fields={"email": InvalidInput.default_message}) from None
    send_transcript(chat, email, now=now)
    chat.refresh_from_db()
    return JsonResponse(frame_of(chat, number_in(request.POST.get("after", ""))))
