"""Text templates: what may stand in them, versions, who sees which, how they are offered."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from leitstelle.accounts.tests.cast import as_agent
from leitstelle.kernel.errors import Conflict, InvalidInput, NotAllowed
from leitstelle.tickets.actions.snippets import SnippetInput, change_snippet, create_snippet
from leitstelle.tickets.choices import SnippetUse
from leitstelle.tickets.models import Snippet
from leitstelle.tickets.policies import visible_snippets
from leitstelle.tickets.queries.snippets import acknowledgement_words, offered_snippets
from leitstelle.tickets.rules.snippets import NotATemplate, check, fill
from leitstelle.tickets.tests.desk import Desk, make_desk

VALUES = {"requester": {"name": "Miriam Brandt"}, "ticket": {"number": "7", "subject": "<b>Drucker</b>"}}


@pytest.fixture
def desk(db: None) -> Desk:
    return make_desk()


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hallo {{ requester.name }}", "Hallo Miriam Brandt"),
        ("{% if requester.name == 'x' %}a{% else %}b{% endif %}", "b"),
        ("{{ ticket.subject|upper }}", "<B>DRUCKER</B>"),
        ("100 % sicher", "100 % sicher"),
    ],
)
def test_fields_conditions_and_filters(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ requester.__class__ }}",
        "{{ requester.email }}",
        "{{ settings }}",
        "{% for x in range(10**9) %}{% endfor %}",
        "{{ 'a' * 10**9 }}",
        "{{ ticket.number.format() }}",
        "{{ requester['name'] }}",
        "{% include 'x' %}",
        "{% set ticket = 1 %}",
        "{{ ticket.number|attr('x') }}",
        "{{ lipsum() }}",
        "{% filter upper %}x{% endfilter %}",
        "{{",
        "{{ ((((ticket.number",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    with pytest.raises(NotATemplate):
        check(text)


def template(desk: Desk, text: str = "Guten Tag {{ requester.name }}", **more: object) -> Snippet:
    new = SnippetInput(**({"title": "Gruß", "text": text, "shortcut": "gruss"} | more))  # type: ignore[arg-type]
    return create_snippet(new, by=desk.as_lead(), now=timezone.now())


def test_versions_are_kept_and_conflicts_noticed(desk: Desk) -> None:
    row = template(desk)
    change_snippet(
        row, SnippetInput(title="Gruß", text="Moin"), version=1, by=desk.as_lead(), now=timezone.now()
    )
    assert list(row.versions.values_list("number", "text")) == [
        (2, "Moin"),
        (1, "Guten Tag {{ requester.name }}"),
    ]
    with pytest.raises(Conflict):
        change_snippet(
            row, SnippetInput(title="x", text="y"), version=1, by=desk.as_lead(), now=timezone.now()
        )
    with pytest.raises(NotAllowed):
        create_snippet(SnippetInput(title="x", text="y"), by=desk.as_agent(), now=timezone.now())
    with pytest.raises(InvalidInput):
        template(desk, "{{ secret }}")


def test_they_are_offered_filled_in_where_they_fit(desk: Desk) -> None:
    ticket = desk.open()
    template(desk)
    template(desk, "Hello", language="en", title="Greeting", shortcut="hi")
    template(desk, "Nur anderswo", organisation=desk.elsewhere, title="Anderswo")
    template(desk, "Nur zweite Ebene", team=desk.second, title="Zweite")
    found = offered_snippets(ticket, desk.as_agent())
    assert [one.text for one in found] == ["Hello", "Guten Tag Miriam Brandt"]  # her language first
    assert [one.text for one in offered_snippets(ticket, desk.as_agent(), "hi")] == ["Hello"]
    assert not visible_snippets(desk.as_requester()).exists()


def test_the_house_has_its_own_acknowledgement(desk: Desk) -> None:
    ticket = desk.open()
    template(desk, "Danke, {{ requester.first_name }} {{ ticket.number }}", use=SnippetUse.ACKNOWLEDGEMENT)
    with translation.override("de"):
        assert str(ticket.number) in acknowledgement_words(ticket)
    with translation.override("en"):
        assert acknowledgement_words(ticket) == ""


def test_pages(desk: Desk, client: Client) -> None:
    row = template(desk, "<script>alert(1)</script> {{ requester.name }}")
    ticket = desk.open()
    client.force_login(desk.agent)
    offered = client.get(
        reverse("tickets:offer-snippets", args=[ticket.public_id]), {"q": "gru"}
    ).content.decode()
    assert "Miriam Brandt" in offered
    assert "<script>" not in offered
    assert client.get(reverse("tickets:snippet-history", args=[row.public_id])).status_code == 404
    client.force_login(desk.lead)
    page = client.get(reverse("tickets:snippet-history", args=[row.public_id])).content.decode()
    assert "Miriam Brandt" in page
    form = {
        "title": "Neu",
        "text": "{{ ticket.number }}",
        "use": "answer",
        "language": "de",
        "is_active": "on",
    }
    assert client.post(reverse("tickets:snippets-new"), form).status_code in (200, 302, 303)
    assert Snippet.objects.filter(title="Neu").exists()
    assert as_agent(desk.lead).is_lead
