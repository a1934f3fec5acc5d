"""All routes of the registry, in the order of its API page."""

from fastapi import APIRouter

from entente_partnerships.api import agreements, bodies, bound

router = APIRouter()
router.include_router(bound.router)
router.include_router(agreements.router)
router.include_router(bodies.router)
