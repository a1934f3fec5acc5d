"""Answers for the API page, as the service once gave them (`examples.json`)."""

import json
from importlib.resources import files
from typing import Any

EXAMPLES: dict[str, Any] = json.loads(files("entente_stability").joinpath("examples.json").read_text("utf-8"))
"""The path below `/stability`, as it was asked, to the answer."""


def answering(asked: str) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the answer to a question as it was asked."""
    return {200: {"content": {"application/json": {"examples": {"answer": {"summary": asked, "value": EXAMPLES[asked]}}}}}}
