"""The `entente` command. Each module is imported at once and light; what is heavy is imported when it is needed."""

import json
import sys

import typer

from entente_platform.command import (
    agreements,
    answers,
    bodies,
    bound,
    chains,
    channels,
    connect,
    database,
    demo,
    doctor,
    engagements,
    importing,
    kafka,
    logs,
    move,
    occurrences,
    parked,
    partners,
    priorities,
    publish,
    quarantine,
    rebuilding,
    source_changes,
    up,
)
from entente_platform.command.trouble import USAGE

app = typer.Typer(
    name="entente",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Military diplomacy on a log of signed, explained events.",
    epilog="Exit codes: 0 done; 1 it failed, or something was refused; 2 asked wrongly; 3 no platform can be reached.",
)
app.command("up")(up.up)
app.command("migrate")(up.migrate)
app.command("connect")(connect.connect)
app.command("move")(move.move)
app.add_typer(source_changes.app, name="source")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(database.app, name="database")
app.command("publish")(publish.publish)
app.add_typer(importing.app, name="import")
app.add_typer(agreements.app, name="agreement")
app.add_typer(bodies.app, name="body")
app.add_typer(channels.app, name="channel")
app.add_typer(engagements.app, name="engagement")
app.add_typer(priorities.app, name="priorities")
app.command("bound")(bound.bound)
app.command("between")(bound.between)
app.command("changes")(bound.changes)
app.command("network")(bound.network)
app.command("crisis")(partners.crisis)
app.command("commitments")(partners.commitments)
app.command("misalignments")(partners.misalignments)
app.command("score")(answers.score)
app.command("warnings")(answers.warnings)
app.command("occurrences")(occurrences.occurrences)
app.command("lag")(answers.lag)
app.command("trace")(chains.trace)
app.add_typer(logs.app, name="log")
app.add_typer(parked.app, name="parked")
app.command("rebuild")(rebuilding.rebuild)
app.command("doctor")(doctor.doctor)
app.add_typer(kafka.app, name="kafka")
app.command("demo")(demo.demo)


def main() -> None:
    """The entry point. With `--json`, what was asked wrongly is told as JSON too."""
    if "--json" not in sys.argv[1:]:
        app()
        return
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as wrong:
        said = {"error": "usage", "detail": str(wrong), "mend": "see `entente COMMAND --help`"}
        sys.stderr.write(json.dumps(said, ensure_ascii=False) + "\n")
        code = USAGE
    sys.exit(code or 0)
