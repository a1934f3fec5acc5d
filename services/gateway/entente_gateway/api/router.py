"""All routes of the gateway."""

from fastapi import APIRouter

from entente_gateway.api import events, quarantine, sources

router = APIRouter()
for each in (events, sources, quarantine):
    router.include_router(each.router)
