"""All routes of the registry, in the order of its API page."""

from fastapi import APIRouter

from entente_partnerships.api import agreements, bodies, bound, channels, engagements, priorities

router = APIRouter()
for each in (bound, agreements, bodies, channels, engagements, priorities):
    router.include_router(each.router)
