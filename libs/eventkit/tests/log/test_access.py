"""Credentials that a service is given: read from files, shown to nobody, and told apart when they are of no use."""

from pathlib import Path

import pytest

from entente_eventkit.log.access import Access, Refused


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in {"ca.pem": "no certificate", "username": "gateway\n", "password": "a word\n"}.items():
        (tmp_path / name).write_text(content)
    return tmp_path


@pytest.mark.parametrize("name", ["ca.pem", "username", "password"])
@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.write_text(" \n"), lambda file: file.write_bytes(b"\xff")])
def test_a_folder_that_lacks_something_is_refused_with_the_file_s_name(folder: Path, name: str, spoil):
    spoil(folder / name)
    with pytest.raises(Refused, match=f"{folder / name}.*holds ca.pem, username, password"):
        Access.to(["127.0.0.1:1"], folder)


def test_a_certificate_that_is_none_is_refused(folder: Path):
    with pytest.raises(Refused, match=r"ca\.pem holds no certificate"):
        Access.to(["127.0.0.1:1"], folder)


async def test_brokers_that_do_not_answer_are_no_reason_to_refuse():
    await Access.to(["127.0.0.1:1"]).check()


def test_without_credentials_a_client_is_told_nothing_of_security():
    assert Access.to(["127.0.0.1:1"]).for_client == {}
    assert Access.to(["127.0.0.1:1"]).for_framework is None
