"""A store that was found to be older than its log: what a caller gets to read."""

from entente_eventkit.store.store import StoreHalted


async def test_a_command_to_a_halted_store_is_answered_with_503_and_why(api, runtime) -> None:
    raise StoreHalted
