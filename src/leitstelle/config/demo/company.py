"""Organisations, sites, people, teams and roles of the demo company."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from leitstelle.accounts import actions
from leitstelle.accounts.choices import ContactKind, OrganisationKind, Role
from leitstelle.accounts.models import Level, Organisation, Person, Site, Team
from leitstelle.assets import actions as assets
from leitstelle.assets.choices import AssetStatus
from leitstelle.assets.models import Asset
from leitstelle.contracts.models import Vendor
from leitstelle.intake.actions import MailboxInput, create_mailbox
from leitstelle.kernel.viewer import Viewer

Data = dict[str, Any]
LEVEL_KEYS = {1: "first", 2: "second", 3: "third"}
MOBILE_PREFIXES = ("+4915", "+4916", "+4917")
DEMO_PASSWORD = "leitstelle-demo"  # noqa: S105  # known to everybody; demo mode listens on loopback only


@dataclass
class Company:
    """Rows of the demo company by the keys of the content, with the content beside them."""

    data: Data
    organisations: dict[str, Organisation] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    devices: dict[str, Asset] = field(default_factory=dict)
    vendors: dict[str, Vendor] = field(default_factory=dict)

    def person_data(self, key: str) -> Data:
        return next(one for one in self.data["people"] if one["key"] == key)

    def agents_of(self, team: str) -> list[str]:
        """Keys of who works in a team, its lead last: leads take what is left over."""
        found = [one for one in self.data["people"] if (one.get("agent") or {}).get("team") == team]
        return [one["key"] for one in sorted(found, key=lambda one: bool(one["agent"]["lead"]))]

    def requesters(self, organisation: str) -> list[str]:
        return [
            one["key"]
            for one in self.data["people"]
            if one["organisation"] == organisation and not one.get("agent") and not one.get("administrator")
        ]

    def devices_for(self, person: str, kind: str) -> list[Data]:
        """Devices of a kind, the person's own first, then shared ones of their site; `name:X` is just that one."""
        if kind.startswith("name:"):
            return [one for one in self.data["devices"] if one["name"] == kind.removeprefix("name:")]
        site = self.person_data(person)["site"]
        all_of_kind = [one for one in self.data["devices"] if one["kind"] == kind]

        def distance(device: Data) -> int:
            if device["user"] == person:
                return 0
            return 1 if device["site"] == site and device["user"] is None else 2

        return sorted((one for one in all_of_kind if distance(one) < 2), key=distance)


def read_company() -> Data:
    """Return the content of `company.json`."""
    text = files("leitstelle.config.demo.content").joinpath("company.json").read_text(encoding="utf-8")
    data: Data = json.loads(text)
    return data


def create_company(data: Data, *, now: datetime) -> Company:
    """Create everybody and everything; returns the rows by key."""
    by, company = Viewer.system(), Company(data)
    levels = {level.key: level for level in actions.ensure_level_schemes(now=now).levels.all()}
    for row in data["organisations"]:
        company.organisations[row["key"]] = _organisation(company, row, by, now)
    for row in data["sites"]:
        company.sites[row["key"]] = _site(company, row, by, now)
    for row in data["people"]:
        company.people[row["key"]] = _person(company, row, by, now)
    for row in data["teams"]:
        company.teams[row["key"]] = _team(company, row, levels, by, now)
    for row in data["people"]:
        _roles(company, row, by, now)
    for number, row in enumerate(data["devices"]):
        company.devices[row["name"]] = _device(company, row, number, by, now)
    # Mail can be tried at once: `leitstelle mail deliver` takes it for this address.
    desk = MailboxInput(
        address=data["company"]["desk_mail"],
        sender_name="Service Desk",
        team=company.teams["desk"],
        is_default=True,
    )
    create_mailbox(desk, by=by, now=now)
    for row in data["sign_ins"]:
        actions.set_password(company.people[row["person"]], DEMO_PASSWORD, by=by, now=now)
    return company


def _organisation(company: Company, row: Data, by: Viewer, now: datetime) -> Organisation:
    new = actions.OrganisationInput(
        name=row["name"],
        kind=OrganisationKind(row["kind"]),
        parent=company.organisations.get(row["parent"] or ""),
        domains=row["domains"],
    )
    return actions.create_organisation(new, by=by, now=now)


def _site(company: Company, row: Data, by: Viewer, now: datetime) -> Site:
    new = actions.SiteInput(
        name=row["name"],
        street=row["street"],
        postcode=row["postcode"],
        city=row["city"],
        state=row["subdivision"].partition("-")[2],
        country=row["subdivision"].partition("-")[0],
    )
    return actions.save_site(company.organisations[row["organisation"]], new, by=by, now=now)


def _person(company: Company, row: Data, by: Viewer, now: datetime) -> Person:
    contacts = [
        actions.ContactInput(kind=ContactKind.EMAIL, value=mail, is_primary=index == 0)
        for index, mail in enumerate(row["mails"])
    ]
    for index, number in enumerate(row["phones"]):
        kind = ContactKind.MOBILE if number.startswith(MOBILE_PREFIXES) else ContactKind.PHONE
        contacts.append(actions.ContactInput(kind=kind, value=number, is_primary=index == 0))
    new = actions.PersonInput(
        display_name=" ".join(part for part in (row.get("title"), row["first"], row["last"]) if part),
        given_name=row["first"],
        family_name=row["last"],
        job_title=row["job"],
        organisation=company.organisations[row["organisation"]],
        site=company.sites[row["site"]],
        room=row["room"],
        language=row["language"],
        contacts=contacts,
    )
    person = actions.create_person(new, by=by, now=now)
    for point in person.contact_points.filter(kind=ContactKind.EMAIL):
        actions.verify_contact_point(point, by=by, now=now)
    return person


# The content's finer kinds, as the kinds every desk starts with.
KINDS = {
    "computer": "desktop",
    "display": "monitor",
    "smartphone": "mobile",
    "multifunction": "printer",
    "labelprinter": "printer",
    "scanner": "other",
    "handheld": "mobile",
    "terminal": "desktop",
    "accesspoint": "network",
    "switch": "network",
    "gateway": "network",
    "meetingroom": "other",
    "fax": "phone",
}
_WARRANTY = timedelta(days=3 * 365)


def _device(company: Company, row: Data, number: int, by: Viewer, now: datetime) -> Asset:
    site = company.sites[row["site"]]
    bought = now.date() - timedelta(days=60 + number * 37 % 1700)
    new = assets.AssetInput(
        name=row["name"],
        kind=KINDS.get(str(row["kind"]), str(row["kind"])),
        inventory_number=f"INV-{20000 + number * 7}",
        serial_number=f"{(number + 11) * 7_919_317 % 36**6:07X}",
        model=row["model"],
        organisation=company.people[row["user"]].organisation if row["user"] else site.organisation,
        site=site,
        location=row["room"],
        status=AssetStatus.IN_USE,
        bought_on=bought,
        warranty_until=bought + _WARRANTY,
    )
    asset = assets.add_asset(new, by=by, now=now)
    if row["user"]:
        assets.hand_to(asset, company.people[row["user"]], by=by, now=now)
    return asset


def _team(company: Company, row: Data, levels: dict[str, Level], by: Viewer, now: datetime) -> Team:
    members = [company.people[key] for key in company.agents_of(row["key"])]
    new = actions.TeamInput(
        name=row["name"], level=levels[LEVEL_KEYS[row["level"]]], is_default=row["key"] == "desk"
    )
    return actions.create_team(new, members=members, leads=[company.people[row["lead"]]], by=by, now=now)


def _roles(company: Company, row: Data, by: Viewer, now: datetime) -> None:
    person = company.people[row["key"]]
    house = actions.Scope()
    if agent := row.get("agent"):
        role = Role.TEAM_LEAD if agent["lead"] else Role.AGENT
        actions.grant_role(person, role, house, by=by, now=now)
    if row.get("administrator"):
        actions.grant_role(person, Role.ADMINISTRATOR, house, by=by, now=now)
    if row.get("customer_contact"):
        scope = actions.Scope(organisation=company.organisations[row["organisation"]])
        actions.grant_role(person, Role.CUSTOMER_CONTACT, scope, by=by, now=now)
