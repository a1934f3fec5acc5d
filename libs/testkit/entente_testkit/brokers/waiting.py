"""Waiting for what shows only in a database or in a log."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")

LONGEST = 20.0
"""Seconds after which what was waited for counts as never coming."""


@overload
async def until(holds: Callable[[], Awaitable[T]], *, within: float = LONGEST) -> T: ...
@overload
async def until(holds: Callable[[], T], *, within: float = LONGEST) -> T: ...
async def until(holds: Callable[[], Any], *, within: float = LONGEST) -> Any:
    """Asks again and again until the answer is true, and gives it; raises `TimeoutError`."""
    async with asyncio.timeout(within):
        while True:
            answer = holds()
            found = await answer if inspect.isawaitable(answer) else answer
            if found:
                return found
            await asyncio.sleep(0.01)
