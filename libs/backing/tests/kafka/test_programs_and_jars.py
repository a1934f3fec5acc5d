"""What Kafka needs on the machine: where it is missing, too old or not what was pinned, that is said in words."""

import shutil
from pathlib import Path

import pytest

from entente_backing.kafka import NativeCluster
from entente_backing.kafka.jars import VERSION, default_cache, expected, jars
from entente_backing.kafka.java import java, maven
from entente_backing.kafka.trouble import KafkaTrouble


def program(folder: Path, name: str, *says: str, code: int = 0) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    lines = "\n".join(f"echo '{line}' >&2" for line in says)
    file.write_text(f"#!/bin/sh\n{lines}\nexit {code}\n")
    file.chmod(0o755)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the path."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return tmp_path / "bin"


def test_a_machine_without_java_is_told_to_install_one(path: Path):
    with pytest.raises(KafkaTrouble, match=r"there is no Java on the PATH; install a Java of version 17 or later"):
        java()


def test_a_java_home_without_java_is_named(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JAVA_HOME", "/nowhere")
    with pytest.raises(KafkaTrouble, match=r"there is no Java in JAVA_HOME=/nowhere"):
        java()


@pytest.mark.parametrize(("line", "version"), [('openjdk version "11.0.2" 2019', "11"), ('java version "1.8.0_292"', "8")])
def test_a_java_that_is_too_old_is_named_with_its_version(path: Path, line: str, version: str):
    program(path, "java", line)
    with pytest.raises(KafkaTrouble, match=rf"{path}/java is Java {version}, and Kafka needs 17 or later"):
        java()


@pytest.mark.parametrize("line", ['openjdk version "17.0.15" 2025', 'openjdk version "21" 2023'])
def test_a_java_of_17_or_later_is_taken(path: Path, line: str):
    program(path, "java", line)
    assert java() == path / "java"


def test_a_java_that_fails_is_told_with_its_last_words(path: Path):
    program(path, "java", "ERROR: no memory", code=3)
    with pytest.raises(KafkaTrouble, match=r"java failed with exit code 3: ERROR: no memory"):
        java()


def test_a_machine_without_maven_is_told_that_it_is_needed_once(path: Path):
    with pytest.raises(KafkaTrouble, match=r"there is no Maven on the PATH.*install Maven"):
        maven()


def test_a_cluster_is_not_begun_where_java_is_missing(path: Path, tmp_path: Path):
    cluster = NativeCluster(tmp_path / "kafka", cache=tmp_path)
    with pytest.raises(KafkaTrouble, match="no Java"):
        cluster.up()
    assert cluster.pid(1) is None


def test_the_cache_lies_where_the_user_keeps_such_things(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_cache() == tmp_path / "entente"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_cache() == Path.home() / ".cache" / "entente"


def test_jars_that_are_missing_changed_or_unheard_of_are_named(tmp_path: Path):
    folder = tmp_path / f"kafka-{VERSION}"
    folder.mkdir()
    for name in expected():
        (folder / name).write_bytes(b"other")
    (folder / "jspecify-1.0.0.jar").unlink()
    (folder / "uninvited.jar").write_bytes(b"")
    with pytest.raises(KafkaTrouble) as trouble:
        jars(tmp_path)
    assert f"kafka-clients-{VERSION}.jar" in trouble.value.what.partition("differs from its checksum")[0]
    assert "jspecify-1.0.0.jar is missing" in trouble.value.what
    assert "uninvited.jar is not on the list" in trouble.value.what
    assert "delete that folder" in trouble.value.mend


def test_jars_that_maven_fetched_wrong_never_reach_the_cache(path: Path, tmp_path: Path):
    """A Maven that answers with other bytes than were pinned: nothing of it is kept."""
    path.mkdir()
    fetching = path / "mvn"
    shell = shutil.which("sh", path="/bin")
    fetching.write_text(
        f'#!{shell}\nfor word in "$@"; do case $word in -DoutputDirectory=*) echo other > "${{word#*=}}/jspecify-1.0.0.jar";; esac; done\n'
    )
    fetching.chmod(0o755)
    with pytest.raises(KafkaTrouble, match=r"jspecify-1\.0\.0\.jar differs from its checksum"):
        jars(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_every_jar_of_the_list_has_a_checksum_and_kafka_is_among_them():
    assert len(expected()) == 46
    assert all(len(digest) == 64 for digest in expected().values())
    assert f"kafka_2.13-{VERSION}.jar" in expected()
