import json
import shutil
import subprocess

import pytest

from entente_contracts import schemas
from entente_testkit.schema_gate import __main__ as gate

CURRENT = schemas.schema_files()
ASSESSED = "entente.stability.assessed.v1.json"


def git(folder, *arguments):
    identity = ("-c", "user.name=gate", "-c", "user.email=gate@example.org", "-c", "commit.gpgsign=false")
    command = [shutil.which("git"), "-C", str(folder), *identity, *arguments]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path):
    """A repository whose only commit has the current schemas."""
    folder = tmp_path / "contracts" / "schemas"
    schemas.write(folder)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "schemas")
    return folder


def publish(folder, name, change):
    """Commits a schema that differs from the current one, then puts the current one back."""
    schema = json.loads(CURRENT[name])
    change(schema)
    (folder / name).write_text(json.dumps(schema))
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "as it was published")
    (folder / name).write_text(CURRENT[name])


def test_unchanged_schemas_pass(folder, capsys):
    assert gate.main([], folder) == 0
    assert "keep what was published (HEAD)" in capsys.readouterr().out


def test_a_changed_version_fails_and_says_how_to_mend_it(folder, capsys):
    publish(folder, ASSESSED, lambda schema: schema["properties"]["z"].update(maximum=2_000_000))
    assert gate.main([], folder) == 1
    told = capsys.readouterr().err
    assert f"{ASSESSED}: $: what was written under the old schema" in told
    assert "(against HEAD)" in told
    assert gate.MEND in told


def test_a_compatible_change_passes(folder):
    publish(folder, ASSESSED, lambda schema: schema["properties"].pop("weights") and schema["required"].remove("weights"))
    assert gate.main([], folder) == 1, "a required field was added"
    publish(folder, ASSESSED, lambda schema: schema.update(description="otherwise"))
    assert gate.main(["--base", "HEAD"], folder) == 0


def test_the_commit_before_the_last_counts_too(folder, capsys):
    publish(folder, ASSESSED, lambda schema: schema["properties"]["day"].update(format="date-time"))
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "changed under the same version")
    assert gate.main([], folder) == 1
    assert "$.day: format was" in capsys.readouterr().err
    assert gate.main(["--base", "HEAD"], folder) == 0


def test_a_published_version_may_not_disappear(folder, capsys):
    (folder / "entente.stability.guessed.v1.json").write_text(CURRENT[ASSESSED])
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "one more")
    (folder / "entente.stability.guessed.v1.json").unlink()
    assert gate.main([], folder) == 1
    assert "guessed.v1.json: published at HEAD and gone" in capsys.readouterr().err


def test_a_new_version_passes(folder):
    (folder / "entente.observations.reported.v2.json").unlink()
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message", "before version 2")
    schemas.write(folder)
    assert gate.main(["--base", "HEAD"], folder) == 0


def test_files_that_were_not_generated_are_told(folder, capsys):
    (folder / ASSESSED).write_text("{}")
    (folder / "entente.gateway.event-quarantined.v1.json").unlink()
    (folder / "entente.stability.guessed.v1.json").write_text("{}")
    assert gate.main([], folder) == 1
    told = capsys.readouterr().err
    assert f"{ASSESSED}: not what the models generate; run `make schemas`" in told
    assert "event-quarantined.v1.json: not what the models generate" in told
    assert "guessed.v1.json: no model has this type" in told
    assert gate.MEND not in told


def test_an_unknown_revision_is_refused(folder, capsys):
    assert gate.main(["--base", "nowhere"], folder) == 2
    assert "no commit nowhere here" in capsys.readouterr().err


def test_without_a_history_only_the_files_are_judged(tmp_path, monkeypatch, capsys):
    schemas.write(tmp_path)
    monkeypatch.setattr(shutil, "which", {}.get)
    assert gate.main([], tmp_path) == 0
    assert "(no history here)" in capsys.readouterr().out


def test_this_repository_passes(capsys):
    assert gate.main([]) == 0, capsys.readouterr().err


def test_a_stale_asyncapi_document_is_told(monkeypatch, tmp_path, capsys):
    stale = tmp_path / "asyncapi.json"
    stale.write_text("{}")
    monkeypatch.setattr(gate.asyncapi, "FILE", stale)
    assert gate.main([]) == 1
    assert "asyncapi.json: not what the topics and events generate" in capsys.readouterr().err
