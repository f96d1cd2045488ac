"""People, organisations and teams over the API, by the queries and actions of the pages."""

from ninja import Router

from leitstelle.accounts.api import desk, organisations, people

router = Router()
for part in (people, organisations, desk):
    router.add_router("", part.router)
