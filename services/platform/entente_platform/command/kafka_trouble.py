"""What goes wrong with Kafka, told as the command tells it."""

from collections.abc import Iterator
from contextlib import contextmanager

from entente_platform.command.trouble import FAILED, Trouble


@contextmanager
def kafka_trouble() -> Iterator[None]:
    """Turns the trouble of Kafka and of its folder into that of a command."""
    from entente_backing.kafka import KafkaTrouble

    try:
        yield
    except KafkaTrouble as trouble:
        raise Trouble(trouble.what, trouble.mend, code=FAILED, kind="kafka") from trouble
    except OSError as error:
        raise Trouble(f"{error.filename}: {error.strerror}", "choose a folder that you may write to", code=FAILED) from error
