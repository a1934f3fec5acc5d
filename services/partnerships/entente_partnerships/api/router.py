"""All routes of the registry, in the order of its API page."""

from fastapi import APIRouter

router = APIRouter()
