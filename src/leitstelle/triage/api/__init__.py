"""The API of triage: the rules, what is proposed, and the next best ticket."""

from ninja import Router

from leitstelle.triage.api import proposals, routing

router = Router()
for part in (routing, proposals):
    router.add_router("", part.router)
