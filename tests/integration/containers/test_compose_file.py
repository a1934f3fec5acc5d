"""docker-compose.yml and the images that it names, without starting anything."""

import re
from pathlib import Path
from typing import Any

import pytest

from entente_platform.app import SERVICES
from entente_testkit.servers import compose, containers
from entente_testkit.servers.compose import IMAGE

HOUSE = Path(__file__).parents[3]
LIST = HOUSE / "infra" / "airgap" / "images.list"
OVERRIDES = sorted(path.name for path in (HOUSE / "infra" / "compose").glob("*.yml"))
pytestmark = pytest.mark.usefixtures("composes")
all_files = pytest.mark.parametrize("override", ["", *OVERRIDES])


def configuration(override: str = "") -> dict[str, Any]:
    return compose.configuration(HOUSE, *([f"infra/compose/{override}"] if override else []))


def listed() -> dict[str, list[str]]:
    lines = [line.split(maxsplit=3) for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return {line[0]: line[1:] for line in lines}


@all_files
def test_the_file_and_each_override_are_valid_and_run_every_service_of_the_platform(override: str) -> None:
    services = configuration(override)["services"]
    for service in SERVICES:
        assert services[service.name]["command"] == [service.name]
        assert services[f"{service.name}-migrate"]["command"] == [service.name, "migrate"]


def test_every_image_is_built_without_a_registry_or_named_with_the_reason_why_not() -> None:
    recipes = (HOUSE / "infra" / "airgap" / "recipes.sh").read_text()
    named = {service["image"] for service in configuration()["services"].values()} - {IMAGE}
    assert named | {containers.KAFKA, containers.POSTGRES} <= set(listed())
    for image, (_, recipe, *reason) in listed().items():
        assert f"build_{recipe}()" in recipes or (recipe == "none" and reason), image


def test_what_the_platform_needs_can_be_built_without_a_registry() -> None:
    needed = {service["image"] for service in configuration()["services"].values() if "profiles" not in service} - {IMAGE}
    assert all(listed()[image][0] == "core" and listed()[image][1] != "none" for image in needed)


def test_three_nodes_have_a_volume_each_and_two_must_have_a_record() -> None:
    services = configuration("three-nodes.yml")["services"]
    nodes = [services[name] for name in ("kafka", "kafka-2", "kafka-3")]
    assert [node["environment"]["KAFKA_NODE_ID"] for node in nodes] == ["1", "2", "3"]
    assert [[volume["source"] for volume in node["volumes"]] for node in nodes] == [["kafka"], ["kafka-2"], ["kafka-3"]]
    assert {node["environment"]["KAFKA_MIN_INSYNC_REPLICAS"] for node in nodes} == {"2"}
    assert services["gateway"]["environment"]["ENTENTE_GATEWAY_REPLICAS"] == "3"


@all_files
def test_nothing_is_published_beyond_loopback(override: str) -> None:
    ports = [port for service in configuration(override)["services"].values() for port in service.get("ports", [])]
    assert ports
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


@all_files
def test_every_container_has_a_read_only_root_no_rights_and_a_limit(override: str) -> None:
    for name, service in configuration(override)["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert int(service["mem_limit"]) <= 1 << 30, name
        assert service.get("cap_add", []) == (["DAC_OVERRIDE"] if name == "move" else []), name


@all_files
def test_no_setting_holds_a_secret(override: str) -> None:
    for name, service in configuration(override)["services"].items():
        for variable, value in (service.get("environment") or {}).items():
            secret = re.search("PASSWORD|TOKEN|SECRET|KEY", variable)
            assert not secret or variable.endswith(("_FILE", "_LOCATION", "STORE_TYPE")), f"{name}: {variable}"
            assert not re.search(r"//[^/@]*:[^/@]*@", value or ""), f"{name}: {variable}"


def test_the_folder_of_secrets_is_kept_out_of_the_repository_and_of_the_image() -> None:
    assert "/secrets/" in (HOUSE / ".gitignore").read_text().splitlines()
    assert (HOUSE / ".dockerignore").read_text().splitlines()[0] == "*"


@pytest.mark.parametrize("file", sorted(HOUSE.glob("infra/**/Dockerfile")), ids=lambda file: str(Path(file).parent.name))
def test_an_image_is_built_by_the_classic_builder_too(file: Path) -> None:
    text = file.read_text()
    assert "# syntax=" not in text
    assert "<<" not in text
    assert "RUN --mount" not in text
