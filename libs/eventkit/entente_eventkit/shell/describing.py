"""The OpenAPI document: what FastAPI finds out, with the permission and the problem documents that every route has."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from entente_eventkit.shell.gate import Way
from entente_eventkit.shell.problems import MEDIA_TYPE
from entente_eventkit.shell.roles import ANYONE, roles

TEXT = {"type": "string"}
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457: what went wrong, where, and how to mend it",
    "required": ["type", "title", "status", "detail", "where", "mend", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "where": TEXT,
        "mend": TEXT,
        "instance": {"type": "string", "format": "uri-reference"},
        "code": TEXT,
    },
}
PROBLEM_ANSWER = {
    "description": "A problem document",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
CONVERTER = re.compile(r":\w+(?=})")
FASTAPI_OWN = ("HTTPValidationError", "ValidationError")


def describe(app: FastAPI, ways: Sequence[Way]) -> Callable[[], dict[str, Any]]:
    """The function that gives the application's document, made once."""
    made: dict[str, Any] = {}
    permissions = {(CONVERTER.sub("", way.path), method.lower()): way.permission for way in ways for method in way.methods}

    def openapi() -> dict[str, Any]:
        if not made:
            made.update(_document(app, permissions))
        return made

    return openapi


def _document(app: FastAPI, permissions: dict[tuple[str, str], str]) -> dict[str, Any]:
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, openapi_version="3.1.0", routes=app.routes, servers=app.servers
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for own in FASTAPI_OWN:
        schemas.pop(own, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "The token of a role"}}
    for path, operations in document.get("paths", {}).items():
        for method, operation in operations.items():
            _complete(operation, permissions[path, method])
    return document


def _complete(operation: dict[str, Any], permission: str) -> None:
    free = roles().allow([ANYONE], permission)
    operation["security"] = [{}, {"token": []}] if free else [{"token": []}]
    operation["x-permission"] = permission
    operation["description"] = f"{operation.get('description', '').strip()}\n\nNeeds the permission `{permission}`.".strip()
    operation["responses"].pop("422", None)
    operation["responses"]["default"] = PROBLEM_ANSWER
