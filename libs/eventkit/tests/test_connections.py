"""Connections that say nothing, say it too slowly, or are one too many are cut off and told why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from uvicorn.server import ServerState

from entente_eventkit.shell.connections import Connection


class Impatient(Connection):
    headers_within = 0.05
    most = 2


async def application(scope: dict, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@asynccontextmanager
async def served(protocol: type[Connection]) -> AsyncIterator[int]:
    config, state = uvicorn.Config(application, lifespan="off", log_config=None, access_log=False), ServerState()
    config.load()
    server = await asyncio.get_running_loop().create_server(lambda: protocol(config, state, {}), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in list(state.connections):
            connection.transport.abort()
        await server.wait_closed()


async def asked(port: int, said: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(said)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_one_that_says_nothing_is_cut_off_and_told_why():
    async with served(Impatient) as port:
        for said in (b"", b"GET / HTTP/1.1\r\nhost: x\r\nx-slow: "):
            answer = await asked(port, said)
            assert answer.startswith(b"HTTP/1.1 408 Request Timeout")
            assert b'"code": "slow-headers"' in answer


async def test_one_that_asks_and_then_begins_a_second_request_without_ending_it_is_cut_off_too():
    async with served(Impatient) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
        writer.write(b"GET / HTTP/1.1\r\n")
        assert b'"code": "slow-headers"' in await reader.read()
        writer.close()
        await writer.wait_closed()


async def test_one_too_many_is_turned_away_and_the_others_are_served():
    class Few(Connection):
        most = 1

    async with served(Few) as port:
        first = await asyncio.open_connection("127.0.0.1", port)
        first[1].write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await first[0].readuntil(b"ok")).startswith(b"HTTP/1.1 200 OK")
        answer = await asked(port, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 503 Service Unavailable")
        assert b"retry-after: 1" in answer
        assert b'"code": "too-many-connections"' in answer
        first[1].close()
        await first[1].wait_closed()


async def test_one_that_asks_in_time_is_served():
    async with served(Connection) as port:
        answer = await asked(port, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert answer.endswith(b"ok")
