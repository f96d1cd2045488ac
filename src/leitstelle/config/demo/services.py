"""What the people of the demo company use: services, most of them named by categories, one of them a customer's own."""

from datetime import datetime, timedelta

from leitstelle.catalog import actions, queries, rules
from leitstelle.catalog.models import Category
from leitstelle.config.demo.company import Company
from leitstelle.kernel.viewer import Viewer

# German, English, branches of categories, key of the customer it is for (empty: everybody).
SERVICES = (
    ("Arbeitsplatz", "Workplace", ("workplace", "printing", "mobile"), ""),
    ("Konten und Anmeldung", "Accounts and sign-in", ("access", "people"), ""),
    ("E-Mail und Kalender", "E-mail and calendar", ("mail",), ""),
    ("Netzwerk und Fernzugriff", "Network and remote access", ("network",), ""),
    ("Telefonie", "Telephony", ("telephony",), ""),
    ("Warenwirtschaft", "ERP", ("software.erp", "software.business"), ""),
    ("Server und Daten", "Servers and data", ("servers", "data"), ""),
    ("Standleitung zum Werk", "Leased line to the plant", ("network.internet",), "rheinbogen"),
)
# Whoever cannot be reached loses orders: a team without telephones is worse than the matrix of the house says.
URGENT, CELL, RANK = "Telefonie", ("group", "hindered"), 1


def offer(company: Company, *, now: datetime) -> None:
    """Name the services before anything arrives, and give one of them a matrix of its own."""
    by, begin = Viewer.system(), now - timedelta(days=365)
    made = {}
    for german, english, branches, customer in SERVICES:
        new = actions.ServiceInput(
            name_de=german,
            name_en=english,
            categories=tuple(Category.objects.filter(key__in=branches)),
            organisations=(company.organisations[customer],) if customer else (),
        )
        made[german] = actions.create_service(new, by=by, now=begin)
    service = made[URGENT]
    own = queries.matrix(service_id=service.pk)
    actions.set_priority_matrix(
        {**own, CELL: RANK}, seen=rules.matrix_version(own), service=service, by=by, now=begin
    )
