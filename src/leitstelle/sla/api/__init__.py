"""The API of agreements and clocks."""

from ninja import Router

from leitstelle.sla.api import agreements, breaches, clocks

router = Router()
for part in (clocks, breaches, agreements):
    router.add_router("", part.router)
