"""Training on the desk's own tickets, proposing for new ones, and what people answer."""

import pickle
import zlib
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leitstelle.accounts.tests.cast import NOW, as_agent
from leitstelle.kernel.blobs import store
from leitstelle.kernel.errors import InvalidInput, NotAllowed
from leitstelle.kernel.events import Event
from leitstelle.kernel.secrets import sign
from leitstelle.kernel.work import ScheduleRow, drain
from leitstelle.tickets import actions as tickets
from leitstelle.tickets.choices import Channel, StatusType
from leitstelle.tickets.models import Ticket
from leitstelle.tickets.tests.desk import Desk, make_desk
from leitstelle.triage.actions import models as stored
from leitstelle.triage.actions.answering import accept_proposal, dismiss_proposal
from leitstelle.triage.actions.training import ask_for_training, train_model
from leitstelle.triage.actions.tuning import tune_field
from leitstelle.triage.choices import SCHEDULE, Matter, ModelState, Problem, ProposalState
from leitstelle.triage.errors import AlreadyAnswered, TrainingRuns
from leitstelle.triage.models import ModelVersion, Proposal
from leitstelle.triage.policies import visible_proposals
from leitstelle.triage.queries.examples import BY_PERSON, UNSEEN, solved_examples
from leitstelle.triage.rules.deciding import Rein
from leitstelle.triage.tests.world import arrive, category, solve, solve_many

pytestmark = pytest.mark.django_db

WORDS = ("Drucker druckt nicht", "Papierstau im Drucker, der Ausdruck ist streifig. Bitte um Hilfe.")


@pytest.fixture
def desk() -> Desk:
    return make_desk()


@pytest.fixture
def trained(desk: Desk) -> Desk:
    solve_many(desk)
    train_model(now=NOW)
    return desk


def proposals(ticket: Ticket) -> dict[str, Proposal]:
    return {one.matter: one for one in Proposal.objects.filter(ticket=ticket)}


def test_the_desk_learns_and_says_how_well(trained: Desk) -> None:
    version = ModelVersion.objects.get()
    assert version.state == ModelState.READY
    assert version.is_current
    assert version.examples == 60
    result = version.results.get(field=Matter.CATEGORY)
    assert result.accuracy > 0.9
    assert result.classes == 3
    assert result.bands
    assert sum(count for count, _right in result.support.values()) == 60
    assert Event.objects.filter(code="triage.model_trained", data__number=1).exists()


def test_sure_enough_it_decides_and_explains(trained: Desk) -> None:
    ticket = arrive(trained, *WORDS)
    drain()
    ticket.refresh_from_db()
    assert ticket.category_id == category("printing.printer").pk
    made = proposals(ticket)[Matter.CATEGORY]
    assert made.state == ProposalState.DECIDED
    assert made.was_decided
    assert made.percent >= (made.threshold or 0) > 0
    assert any("drucker" in words.casefold() for words, _weight in made.evidence)
    assert made.right_before <= made.proposed_before
    event = Event.objects.filter(code="ticket.classified", subject_id=ticket.pk).get()
    assert event.actor_kind == "system"
    told = Event.objects.get(code="triage.proposals_made", subject_id=ticket.pk)
    assert Matter.CATEGORY in told.data["decided"]


def test_what_somebody_chose_is_left_alone(trained: Desk) -> None:
    """The portal asks for kind, impact and urgency: those are suggestions at most."""
    ticket = arrive(trained, *WORDS, channel=Channel.PORTAL)
    drain()
    ticket.refresh_from_db()
    states = {matter: one.state for matter, one in proposals(ticket).items()}
    assert states[Matter.CATEGORY] == ProposalState.DECIDED
    assert ProposalState.DECIDED not in {
        state for matter, state in states.items() if matter != Matter.CATEGORY
    }
    assert (ticket.kind, ticket.impact_id, ticket.urgency_id) == ("incident", "person", "hindered")


def test_a_rule_that_was_faster_wins(trained: Desk) -> None:
    ticket = arrive(trained, *WORDS)
    wanted = tickets.Classification(
        kind="incident", category_id=category("network.vpn").pk, impact="person", urgency="hindered"
    )
    tickets.classify(ticket, wanted, by=as_agent(trained.agent), now=NOW)
    drain()
    ticket.refresh_from_db()
    assert ticket.category_id == category("network.vpn").pk


def test_below_the_threshold_it_suggests_three_and_accepting_sets_one(trained: Desk) -> None:
    tune_field(
        Matter.CATEGORY,
        Rein(decides=False, suggest_from=1),
        by=as_agent(trained.admin),
        now=NOW,
    )
    ticket = arrive(trained, *WORDS)
    drain()
    ticket.refresh_from_db()
    assert ticket.category_id is None
    proposal = proposals(ticket)[Matter.CATEGORY]
    assert proposal.state == ProposalState.SUGGESTED
    assert 1 <= len(proposal.options) <= 3
    with pytest.raises(InvalidInput):
        accept_proposal(proposal, "999999", by=trained.as_agent(), now=NOW)
    accept_proposal(proposal, proposal.first, by=trained.as_agent(), now=NOW)
    ticket.refresh_from_db()
    assert str(ticket.category_id) == proposal.first
    with pytest.raises(AlreadyAnswered):
        dismiss_proposal(proposal, by=trained.as_agent(), now=NOW)


def test_switched_off_it_keeps_silent(trained: Desk) -> None:
    tune_field(Matter.CATEGORY, Rein(is_on=False), by=as_agent(trained.admin), now=NOW)
    ticket = arrive(trained, *WORDS)
    drain()
    ticket.refresh_from_db()
    assert ticket.category_id is None
    assert proposals(ticket)[Matter.CATEGORY].state == ProposalState.SILENT
    with pytest.raises(NotAllowed):
        tune_field(Matter.CATEGORY, Rein(), by=trained.as_agent(), now=NOW)


def test_a_persons_choice_wins_and_teaches(trained: Desk) -> None:
    ticket = arrive(trained, *WORDS)
    drain()
    ticket.refresh_from_db()
    wanted = tickets.Classification(
        kind="incident", category_id=category("network.vpn").pk, impact="person", urgency="hindered"
    )
    tickets.classify(ticket, wanted, by=trained.as_agent(), now=NOW)
    drain()
    proposal = proposals(ticket)[Matter.CATEGORY]
    assert proposal.state == ProposalState.CORRECTED
    assert proposal.chosen == str(category("network.vpn").pk)
    solve(trained, ticket)
    example = next(one for one in solved_examples() if one.text.startswith("Drucker druckt nicht\nPapier"))
    assert example.labels[Matter.CATEGORY] == proposal.chosen
    assert example.weights[Matter.CATEGORY] == BY_PERSON


def test_what_nobody_looked_at_counts_half(trained: Desk) -> None:
    ticket = arrive(trained, *WORDS)
    drain()
    ticket.refresh_from_db()
    solve(trained, ticket)
    example = next(one for one in solved_examples() if one.text.startswith("Drucker druckt nicht\nPapier"))
    assert example.weights[Matter.CATEGORY] == UNSEEN


def test_three_tickets_teach_nothing(desk: Desk) -> None:
    for number in range(3):
        ticket = arrive(desk, f"Fall {number}", "Geht nicht")
        solve(desk, ticket)
    version = train_model(now=NOW)
    assert (version.state, version.problem) == (ModelState.REFUSED, Problem.FEW)
    assert version.blob is None
    assert not version.is_current
    arrive(desk, *WORDS)
    drain()
    assert not Proposal.objects.exists()


def test_a_refused_training_leaves_the_model_before_in_use(trained: Desk) -> None:
    Ticket.objects.update(status_type=StatusType.OPEN)
    later = train_model(now=NOW)
    assert later.state == ModelState.REFUSED
    assert ModelVersion.objects.get(is_current=True).number == 1


def test_two_trainings_at_once_are_refused(desk: Desk) -> None:
    ModelVersion.objects.create(number=1, started_at=timezone.now(), beat_at=timezone.now())
    with pytest.raises(TrainingRuns):
        train_model(now=timezone.now())
    ModelVersion.objects.update(beat_at=timezone.now() - timedelta(hours=1))
    assert train_model(now=timezone.now()).state == ModelState.REFUSED
    assert ModelVersion.objects.get(number=1).problem == Problem.INTERRUPTED


def test_only_what_this_desk_signed_is_opened(trained: Desk) -> None:
    version = ModelVersion.objects.get()
    foreign = store(zlib.compress(pickle.dumps({"a": 1})))
    ModelVersion.objects.update(blob=foreign)
    version.refresh_from_db()
    with pytest.raises(stored.ModelUnusable, match="not the one that was signed"):
        stored.load(version)
    version.signature = "x" * 20
    with pytest.raises(stored.ModelUnusable, match="not this desk's own"):
        stored.load(version)
    arrive(trained, *WORDS)
    stored._loaded.clear()
    drain()
    assert not Proposal.objects.exists()


class _Evil:
    def __reduce__(self) -> tuple[object, ...]:
        return (eval, ("1+1",))


def test_even_signed_it_may_hold_nothing_but_statistics(trained: Desk) -> None:
    version = ModelVersion.objects.get()
    evil = store(zlib.compress(pickle.dumps(_Evil())))
    version.blob, version.signature = evil, sign(evil.digest, "triage-model")
    with pytest.raises(stored.ModelUnusable, match="does not belong in a model"):
        stored.load(version)


def test_a_model_of_other_libraries_waits_for_the_next_training(trained: Desk) -> None:
    version = ModelVersion.objects.get()
    version.made_with = "0 scikit-learn 0.1 numpy 1"
    with pytest.raises(stored.ModelUnusable, match="other libraries"):
        stored.load(version)


def test_administrators_ask_for_a_training(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        ask_for_training(by=desk.as_agent(), now=NOW)
    ask_for_training(by=as_agent(desk.admin), now=NOW)
    assert ScheduleRow.objects.get(name=SCHEDULE).next_due == NOW


def test_nobody_sees_proposals_of_tickets_they_do_not_see(trained: Desk) -> None:
    ticket = arrive(trained, *WORDS)
    drain()
    assert visible_proposals(trained.as_agent()).filter(ticket=ticket).exists()
    assert not visible_proposals(trained.as_requester()).exists()


def test_the_page_of_a_ticket_shows_and_takes_the_answer(trained: Desk, client: Client) -> None:
    tune_field(
        Matter.CATEGORY,
        Rein(decides=False, suggest_from=1),
        by=as_agent(trained.admin),
        now=NOW,
    )
    ticket = arrive(trained, *WORDS)
    drain()
    client.force_login(trained.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/tickets/{ticket.public_id}/").content.decode()
    proposal = proposals(ticket)[Matter.CATEGORY]
    assert f"/tickets/proposals/{proposal.public_id}/accept/" in page
    assert "Drucker" in page
    assert "such proposals" in page
    answer = client.post(f"/tickets/proposals/{proposal.public_id}/accept/", {"code": proposal.first})
    assert answer.status_code == 303
    ticket.refresh_from_db()
    assert str(ticket.category_id) == proposal.first
    client.force_login(trained.requester, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/tickets/proposals/{proposal.public_id}/dismiss/").status_code == 404


def test_the_figures_are_for_leads(trained: Desk, client: Client) -> None:
    ticket = arrive(trained, *WORDS)
    drain()
    ticket.refresh_from_db()
    solve(trained, ticket)
    client.force_login(trained.agent, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/administration/proposals/").status_code == 403
    client.force_login(trained.admin, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/administration/proposals/").content.decode()
    assert "Right at once" in page
    assert "100 %" in page
    answer = client.post(
        "/administration/proposals/category/",
        {"version": 0, "is_on": "on", "precision": 95, "suggest_from": 30},
    )
    assert answer.status_code == 303
    answer = client.post(
        "/administration/proposals/category/", {"version": 1, "precision": 77, "suggest_from": 300}
    )
    assert answer.status_code == 422
    assert client.post("/administration/proposals/nothing/").status_code == 404
    assert client.post("/administration/proposals/train/").status_code == 303


def test_suggestions_stand_in_the_form_and_answer_by_one_click(desk: Desk, client: Client) -> None:
    """The button belongs to the form of the proposal: Enter in the form around it saves that form, nothing else."""
    ticket = desk.open()
    proposal = Proposal.objects.create(
        ticket=ticket,
        matter=Matter.URGENCY,
        state=ProposalState.SUGGESTED,
        options=[["blocked", 55], ["hindered", 30]],
        evidence=[["stillstand", 2.0]],
        created_at=NOW,
    )
    client.force_login(desk.agent, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/tickets/{ticket.public_id}/").content.decode()
    form = page[page.index(f"/tickets/{ticket.public_id}/classify/") :]
    form = form[: form.index("</form>")]
    assert f'form="proposal-{proposal.public_id}" name="code" value="blocked"' in form
    assert "stillstand" in form
    assert page.count(f'id="proposal-{proposal.public_id}"') == 1
