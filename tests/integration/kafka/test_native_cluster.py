"""Apache Kafka through the command: up, status, down, and nodes that come and go."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from entente_backing.kafka import NativeCluster
from entente_backing.kafka.admin import admin_client, metadata
from entente_backing.kafka.layout import node_folder
from entente_backing.kafka.trouble import KafkaTrouble
from entente_platform.command import app
from entente_testkit.servers.kafka import kill, native_kafka

Kafka = Callable[..., Result]


def kafka(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["kafka", *map(str, arguments)])


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_a_cluster_goes_up_twice_tells_its_status_goes_down_and_comes_back_with_what_it_held(tmp_path: Path):
    folder = tmp_path / "kafka"
    with native_kafka(folder) as cluster:
        found = told(kafka("status", "--dir", folder, "--json"))
        assert found["bootstrap"] == cluster.bootstrap
        assert found["bootstrap"][0].startswith("127.0.0.1:")
        assert [(node["node"], node["pid"], node["answers"]) for node in found["nodes"]] == [(1, cluster.pid(1), True)]
        assert (found["controller"], found["under_replicated"], found["secure"]) == (1, 0, False)
        assert told(kafka("up", "--dir", folder, "--json")) == found, "what runs is left alone"

        stopped = told(kafka("down", "--dir", folder, "--json"))
        assert [(node["pid"], node["answers"]) for node in stopped["nodes"]] == [(None, False)]
        assert kafka("status", "--dir", folder).exit_code == 3
        assert kafka("down", "--dir", folder).exit_code == 0, "what is down already stays down"

        again = kafka("up", "--dir", folder)
        assert again.exit_code == 0, again.stderr
        assert f"Clients connect to {cluster.bootstrap[0]}" in again.stdout, "its address is remembered"
        assert "starting 1 node" in again.stderr


def test_a_folder_without_a_cluster_is_told_so_with_its_own_exit_code(tmp_path: Path):
    result = kafka("status", "--dir", tmp_path / "none", "--json")
    assert result.exit_code == 3
    assert json.loads(result.stderr)["error"] == "no-kafka"
    assert not (tmp_path / "none").exists()


def test_another_size_than_a_folder_has_is_refused_by_name(one_node: NativeCluster):
    result = kafka("up", "--nodes", 3, "--dir", one_node.folder)
    assert result.exit_code == 1
    assert "has 1 node, not secured, not 3 nodes" in " ".join(result.stderr.split())


def test_a_cluster_of_two_nodes_is_refused(tmp_path: Path):
    result = kafka("up", "--nodes", 2, "--dir", tmp_path / "kafka")
    assert result.exit_code == 1
    assert "a cluster of 2 nodes" in result.stderr


def test_topics_are_made_by_nobody_but_who_declares_them(one_node: NativeCluster):
    asked = admin_client(one_node.bootstrap, None).list_topics("entente.guessed.g1", timeout=10)
    assert asked.topics["entente.guessed.g1"].error is not None
    known = metadata(one_node.bootstrap, None, 10)
    assert known is not None
    assert "entente.guessed.g1" not in known.topics


def test_a_port_that_another_program_holds_is_told_in_the_node_s_own_words(tmp_path: Path, one_node: NativeCluster):
    taken = int(one_node.bootstrap[0].rpartition(":")[2])
    cluster = NativeCluster(tmp_path / "second", base_port=taken)
    try:
        with pytest.raises(KafkaTrouble, match=r"node 1 ended at its start: .*[Aa]ddress already in use"):
            cluster.up()
    finally:
        kill(cluster, 1)


def test_a_node_that_died_is_recognised_although_its_note_is_still_there(tmp_path: Path):
    with native_kafka(tmp_path / "kafka") as cluster:
        first = cluster.pid(1)
        assert first is not None
        kill(cluster, 1)
        assert node_folder(cluster.folder, 1).process.exists()
        assert not cluster.status().nodes[0].answers
        cluster.up()
        assert cluster.pid(1) not in {None, first}
        assert cluster.status().nodes[0].answers


def test_of_three_nodes_one_is_stopped_and_started_alone_and_the_copies_are_whole_again(three_nodes: NativeCluster):
    status = three_nodes.status()
    assert [node.answers for node in status.nodes] == [True, True, True]
    leader = status.controller
    assert leader is not None
    others = {node: three_nodes.pid(node) for node in (1, 2, 3) if node != leader}
    three_nodes.stop_node(leader)
    without = three_nodes.status()
    assert [node.answers for node in without.nodes] == [node != leader for node in (1, 2, 3)]
    three_nodes.start_node(leader)
    assert {node: three_nodes.pid(node) for node in others} == others
    assert all(node.answers for node in three_nodes.status().nodes)
