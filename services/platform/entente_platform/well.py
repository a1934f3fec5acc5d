"""Whether the service in this container is ready: exit code 0, else 1 with the reasons. `python -I -m entente_platform.well`."""

import sys
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

PORT = 8600
"""Where a service listens that was told nothing else."""


def reasons(port: int = PORT) -> str | None:
    """Why the service on loopback is not ready; None where it is."""
    connection = HTTPConnection("127.0.0.1", port, timeout=4.0)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        body = answer.read().decode()
    except (OSError, HTTPException) as error:
        return f"nothing answers on port {port} yet ({type(error).__name__})"
    finally:
        connection.close()
    return None if answer.status == HTTPStatus.OK else body


def main() -> int:
    """Asks once and says why not."""
    if (why := reasons()) is not None:
        sys.stdout.write(f"{why}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
