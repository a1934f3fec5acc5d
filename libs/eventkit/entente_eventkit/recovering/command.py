"""`python -m entente_<service>.service recover`: shows what a store lacks of its log, and takes it over when told to."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from aiokafka.errors import KafkaError

from entente_eventkit.log.kafka import KafkaLog
from entente_eventkit.recovering.importing import StoreMoved
from entente_eventkit.recovering.recovery import CannotRecover, Recovery, Trial
from entente_eventkit.recovering.telling import told
from entente_eventkit.service import Service
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.one_writer import AlreadyInUse

DONE, REFUSED = 0, 1


async def recover(service: Service, database: Database, log: KafkaLog, arguments: Sequence[str]) -> int:
    """Runs the command on an open database and log; gives the exit code: 1 where something stands in the way."""
    asked = _arguments(service, arguments)
    recovery = Recovery(service, database, log)
    try:
        await log.start()
        trial = await recovery.look()
        for line in told(service, trial):
            _say(line)
        return await _decide(recovery, trial, asked.declare_void, apply=asked.apply)
    except (CannotRecover, StoreMoved, AlreadyInUse) as reason:
        sys.stderr.write(f"{reason}\n")
        return REFUSED
    except (KafkaError, TimeoutError, ConnectionError) as error:
        sys.stderr.write(f"the log does not answer: {type(error).__name__}; see that the brokers run. Nothing was changed\n")
        return REFUSED
    except FileExistsError:
        sys.stderr.write(f"{asked.declare_void} is there already; name a new file. Nothing was changed\n")
        return REFUSED


async def _decide(recovery: Recovery, trial: Trial, file: Path | None, *, apply: bool) -> int:
    if not trial.behind:
        return DONE
    if trial.refusal is not None and file is None:
        _say(
            "Nothing was changed. Restore a later backup of the store and look again; or, where there is none, declare void what the store "
            "cannot take over: --declare-void FILE writes those events to the file and begins the log's next generation from the store"
        )
        return REFUSED
    if not apply:
        _say("This was a trial and nothing was changed; add --apply to do it")
        return DONE
    if trial.refusal is None or file is None:
        await recovery.apply(trial)
        _say("Done. Start the service: its relays go on where the log ends")
        return DONE
    await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
    await recovery.declare_void(trial, file)
    old = ", ".join(f"{topic}.g{newest.number}" for topic, newest in trial.evidence.newest.items())
    _say(f"Done; what is void stands in {file}. Start the service: it begins the next generation and publishes the store anew")
    _say(
        f"Readers have applied the void events, and a rebuild would read them again as long as the old topics are there. When the "
        f"new generation is published, delete {old} and every generation before it, "
        f"then rebuild each projection that reads them, in every service"
    )
    return DONE


def _arguments(service: Service, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m entente_{service.name}.service recover",
        description="Compares the store with its log and takes over the store's own events that it lacks. Stop every process of the "
        "service first. Without --apply it only shows what it would do.",
    )
    parser.add_argument("--apply", action="store_true", help="do it")
    parser.add_argument(
        "--declare-void", type=Path, metavar="FILE", help="write what the store cannot take over to this new file and go on without it"
    )
    return parser.parse_args(list(arguments))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
