"""Removes what a test run left behind: speaks the line protocol of testcontainers' reaper on port 8080, and the engine's API on its socket.

Each line names a filter, `label=<name>=<value>`, and is answered `ACK`. When the last connection has been gone for a while (ten seconds, or
what RYUK_RECONNECTION_TIMEOUT says), containers, networks and volumes that carry one of the labels are removed, and the process ends.
"""

import json
import os
import socketserver
import threading
import time
from http.client import HTTPConnection
from socket import AF_UNIX, socket
from urllib.parse import parse_qsl, quote

ENGINE = "/var/run/docker.sock"
FIRST_CONNECTION = 60.0


class Engine(HTTPConnection):
    """The engine's API on its Unix socket."""

    def connect(self) -> None:
        self.sock = socket(AF_UNIX)
        self.sock.connect(ENGINE)


def ask(method: str, path: str) -> object:
    """The engine's JSON answer; None where it has none."""
    engine = Engine("engine")
    engine.request(method, path)
    body = engine.getresponse().read()
    engine.close()
    try:
        return json.loads(body)
    except ValueError:
        return None


class Present:
    """Who is connected, and what they asked for."""

    def __init__(self) -> None:
        self.labels: set[str] = set()
        self._lock, self._connected, self._since = threading.Lock(), 0, time.monotonic()

    def came(self) -> None:
        with self._lock:
            self._connected += 1

    def went(self) -> None:
        with self._lock:
            self._connected -= 1
            self._since = time.monotonic()

    def alone_for(self) -> float:
        """Seconds since the last one went; 0 while somebody is there."""
        with self._lock:
            return 0.0 if self._connected else time.monotonic() - self._since


present = Present()


class Lines(socketserver.StreamRequestHandler):
    """One client: a filter a line."""

    def handle(self) -> None:
        present.came()
        try:
            for line in self.rfile:
                present.labels.update(value for name, value in parse_qsl(line.decode().strip()) if name == "label")
                self.wfile.write(b"ACK\n")
        except OSError:
            pass
        finally:
            present.went()


def reap(label: str) -> None:
    """Removes everything that carries the label."""
    carrying = quote(json.dumps({"label": [label]}))
    for container in ask("GET", f"/containers/json?all=1&filters={carrying}") or []:
        ask("DELETE", f"/containers/{container['Id']}?force=1&v=1")
    for network in ask("GET", f"/networks?filters={carrying}") or []:
        ask("DELETE", f"/networks/{network['Id']}")
    for volume in (ask("GET", f"/volumes?filters={carrying}") or {}).get("Volumes") or []:
        ask("DELETE", f"/volumes/{volume['Name']}?force=1")


def main() -> None:
    server = socketserver.ThreadingTCPServer(("", 8080), Lines)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("reaper: Started!", flush=True)
    patience = float(os.environ.get("RYUK_RECONNECTION_TIMEOUT", "10s").removesuffix("s"))
    while present.alone_for() < (patience if present.labels else FIRST_CONNECTION):
        time.sleep(0.2)
    for label in sorted(present.labels):
        reap(label)
    print("Removed what carried", *sorted(present.labels), flush=True)


if __name__ == "__main__":
    main()
