"""Rules, skills, distribution and an absence of the demo company."""

from datetime import datetime, timedelta

from leitstelle.accounts.models import Person
from leitstelle.catalog.models import Category
from leitstelle.config.demo.company import Company
from leitstelle.kernel.viewer import Viewer
from leitstelle.tickets.models import ONGOING, Ticket
from leitstelle.tickets.rules.conditions import Conditions, make
from leitstelle.triage.actions.absences import AbsenceInput, enter_absence, tell_of_absences
from leitstelle.triage.actions.rules import RuleInput, create_rule
from leitstelle.triage.actions.skills import (
    AgentInput,
    ModeInput,
    SkillInput,
    save_agent,
    save_mode,
    save_skill,
)
from leitstelle.triage.actions.watching import AT_ONCE, tell_of_unassigned
from leitstelle.triage.choices import Away, Mode, Outcome, Trigger

OPENED, CHANGED, HANDED = Trigger.OPENED, Trigger.CHANGED, Trigger.HANDED_OVER
Row = tuple[str, str, list[str]]
Sets = dict[str, str]
# Name, triggers, conditions, what is set; categories, teams and people by their keys.
RULES: tuple[tuple[str, tuple[Trigger, ...], tuple[Row, ...], Sets], ...] = (
    (
        "Verdächtige Nachricht sofort prüfen",
        (OPENED,),
        (("words", "contains", ["phishing, verdächtige mail, verdächtige nachricht, suspicious"]),),
        {"category": "security.suspicious", "urgency": "stopped"},
    ),
    (
        "Verlorenes Gerät",
        (OPENED,),
        (
            ("words", "contains", ["gestohlen, verloren, stolen, lost my"]),
            ("words", "contains", ["notebook, laptop, handy, smartphone, iphone"]),
        ),
        {"category": "security.lost", "urgency": "stopped"},
    ),
    (
        "Kennwort und Anmeldung",
        (OPENED,),
        (("words", "contains", ["kennwort, passwort, password"]),),
        {"category": "access.password"},
    ),
    (
        "Konto gesperrt: Arbeit steht still",
        (OPENED,),
        (("words", "contains", ["konto gesperrt, account locked, gesperrtes konto"]),),
        {"category": "access.locked", "urgency": "stopped"},
    ),
    ("VPN und Fernzugriff", (OPENED,), (("words", "contains", ["vpn"]),), {"category": "network.vpn"}),
    ("WLAN", (OPENED,), (("words", "contains", ["wlan, wifi, wi-fi"]),), {"category": "network.wifi"}),
    (
        "Drucker und Etiketten",
        (OPENED,),
        (("words", "contains", ["drucker, etikett, toner, printer"]),),
        {"category": "printing.printer"},
    ),
    (
        "Eintritt und Austritt sind Serviceanfragen",
        (OPENED, CHANGED),
        (("category", "in", ["people"]),),
        {"kind": "request"},
    ),
    (
        "Neue Mitarbeitende",
        (OPENED,),
        (("words", "contains", ["neue mitarbeiterin, neuer mitarbeiter, eintritt zum, new colleague"]),),
        {"category": "people.joining", "kind": "request"},
    ),
    (
        "Bestellungen sind Serviceanfragen",
        (OPENED, CHANGED),
        (("category", "in", ["orders"]),),
        {"kind": "request", "urgency": "can_wait"},
    ),
    (
        "Pharmapack: Leitung liest mit",
        (OPENED,),
        (("sender_domain", "is", ["maintal-pharmapack.example, mpp.example"]),),
        {"watcher": "aydin"},
    ),
    (
        "Weitergabe an die Plattform: Leitung übernimmt",
        (HANDED,),
        (("team", "in", ["platform"]),),
        {"assignee": "vandijk"},
    ),
)
# Key in the content, German, English, branch of categories.
SKILLS = (
    ("passwords", "Konten und Anmeldung", "Accounts and sign-in", "access"),
    ("hardware", "Geräte am Arbeitsplatz", "Workplace hardware", "workplace"),
    ("printing", "Drucken", "Printing", "printing"),
    ("mobile", "Mobilgeräte", "Mobile devices", "mobile"),
    ("vpn", "VPN und Fernzugriff", "VPN and remote access", "network.vpn"),
    ("wifi", "WLAN", "Wi-Fi", "network.wifi"),
    ("servers", "Server", "Servers", "servers"),
    ("erp", "ERP und Fachanwendungen", "ERP and business software", "software"),
    ("security", "Sicherheit", "Security", "security"),
)
LANGUAGES = ("de", "en")


def create_rules(company: Company, *, now: datetime) -> None:
    """Make the rules, before anything arrives; they begin a year back."""
    categories = dict(Category.objects.values_list("key", "pk"))
    for name, triggers, rows, sets in RULES:
        conditions = [
            make(column, operator, _ids(column, values, categories, company))
            for column, operator, values in rows
        ]
        new = RuleInput(
            name=name,
            triggers=frozenset(triggers),
            conditions=Conditions(rows=tuple(conditions)),
            sets={Outcome(key): _value(key, value, categories, company) for key, value in sets.items()},
        )
        create_rule(new, by=Viewer.system(), now=now - timedelta(days=365), active=True)


def _ids(column: str, values: list[str], categories: dict[str, int], company: Company) -> list[str | int]:
    if column == "category":
        return [categories[one] for one in values]
    return [company.teams[one].pk for one in values] if column == "team" else list(values)


def _value(key: str, value: str, categories: dict[str, int], company: Company) -> str | int:
    if key == "category":
        return categories[value]
    return company.people[value].pk if key in ("assignee", "watcher") else value


def give_out_work(company: Company, *, now: datetime) -> None:
    """Say what people can do and how teams give out tickets; send somebody away; look at what lies alone."""
    by = Viewer.system()
    categories = dict(Category.objects.values_list("key", "pk"))
    skills = {
        key: save_skill(
            None,
            SkillInput(name_de=german, name_en=english, category_ids=(categories[branch],)),
            by=by,
            now=now,
        ).pk
        for key, german, english, branch in SKILLS
    }
    for row in company.data["people"]:
        if row.get("agent"):
            _what_they_can(company.people[row["key"]], row["agent"], skills, now)
    pull = ModeInput(mode=Mode.PULL, limit=25, away=Away.DEPUTY, watch_minutes=60)
    loaded = ModeInput(mode=Mode.LEAST_LOADED, limit=30, away=Away.TEAM, watch_minutes=120)
    save_mode(company.teams["desk"], pull, by=by, now=now)
    for key in ("workplace", "network", "apps"):
        save_mode(company.teams[key], loaded, by=by, now=now)
    _send_away(company, now)
    while tell_of_unassigned(now) >= AT_ONCE:
        pass
    tell_of_absences(now)


def _what_they_can(person: Person, row: dict[str, list[str]], skills: dict[str, int], now: datetime) -> None:
    known = [key for key in row["skills"] if key in skills]
    new = AgentInput(
        languages=tuple(one for one in row["languages"] if one in LANGUAGES),
        skills={skills[key]: 3 - min(index, 2) for index, key in enumerate(known)},
    )
    save_agent(person, new, by=Viewer.system(), now=now)


def _send_away(company: Company, now: datetime) -> None:
    """Of the desk, but for those one signs in as, whoever has most to do; a colleague stands in."""
    away = max(
        ("okafor", "weidinger"),
        key=lambda key: Ticket.objects.filter(ONGOING, assignee=company.people[key]).count(),
    )
    today = now.date()
    new = AbsenceInput(
        first_day=today - timedelta(days=2),
        last_day=today + timedelta(days=5),
        deputy_id=company.people["behrens"].pk,
        note="Urlaub",
    )
    enter_absence(company.people[away], new, by=Viewer.system(), now=now)
