"""A store that was found to be older than its log: what a caller gets to read."""

from typing import Any

import httpx2


async def test_a_command_to_a_halted_store_is_answered_with_503_and_why(administrator: httpx2.AsyncClient, running: Any) -> None:
    running.store.halt("the store was restored to a time before its last publication")
    answer = await administrator.post("/register/sources/ucdp", json={"title": "UCDP"})
    assert answer.status_code == 503
    assert answer.json()["detail"] == "the store was restored to a time before its last publication"
