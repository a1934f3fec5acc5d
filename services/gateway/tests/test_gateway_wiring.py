"""The gateway put together: its database, its settings, its routes."""

import pytest

from entente_eventkit import alone
from entente_eventkit.alone import application
from entente_eventkit.log.mock_cluster import MockCluster
from entente_eventkit.shell.settings import WrongSetting
from entente_eventkit.storage.database import Database
from entente_eventkit.storage.migrations import RevisionState, differences, migrate, revision_state
from entente_gateway.app import gateway
from entente_gateway.problems import PROBLEMS
from entente_gateway.service import GatewaySettings, main


def test_a_migrated_database_has_the_tables_that_the_code_has(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'gateway.sqlite'}")
    migrate(database, gateway.migrations)
    assert revision_state(database, gateway.migrations) is RevisionState.UP_TO_DATE
    assert differences(database, gateway.metadata) == []
    database.close()


@pytest.mark.parametrize("missing", ["BOOTSTRAP", "TOKENS_FILE"])
def test_alone_it_says_which_setting_is_missing(tmp_path, monkeypatch, capsys, missing):
    given = {"DATABASE_URL": f"sqlite:///{tmp_path / 'g.sqlite'}", "BOOTSTRAP": "127.0.0.1:9092", "TOKENS_FILE": str(tmp_path / "tokens")}
    for name, value in given.items():
        if name != missing:
            monkeypatch.setenv(f"ENTENTE_GATEWAY_{name}", value)
    monkeypatch.setattr("sys.argv", ["service"])
    assert main() == 2
    assert f"ENTENTE_GATEWAY_{missing}: is not set" in capsys.readouterr().err


def test_alone_it_is_the_gateway_mounted_under_its_name(tmp_path):
    settings = GatewaySettings.read(
        "gateway",
        database_url=f"sqlite:///{tmp_path / 'g.sqlite'}",
        bootstrap="127.0.0.1:9092",
        tokens_file=tmp_path / "tokens",
        clock="2023-10-01T00:00:00Z",
    )
    app = application(gateway, settings)
    assert app.routes[0].path == "/gateway"
    app.routes[0].app.state.runtime.database.close()


def test_a_store_beside_an_embedded_log_has_nothing_to_recover(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ENTENTE_GATEWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'g.sqlite'}")
    assert alone.main(gateway, GatewaySettings, ["recover"]) == 2
    said = capsys.readouterr().err
    assert "ENTENTE_GATEWAY_BOOTSTRAP: is not set" in said
    assert "no store can be behind it" in said


def test_the_gateways_command_shows_that_nothing_is_missing(tmp_path, monkeypatch, capsys):
    with MockCluster() as cluster:
        monkeypatch.setenv("ENTENTE_GATEWAY_DATABASE_URL", f"sqlite:///{tmp_path / 'g.sqlite'}")
        monkeypatch.setenv("ENTENTE_GATEWAY_BOOTSTRAP", ",".join(cluster.bootstrap))
        assert alone.main(gateway, GatewaySettings, ["recover"]) == 1
        assert "migrate it with this version first" in capsys.readouterr().err
        assert alone.main(gateway, GatewaySettings, ["migrate"]) == 0
        assert alone.main(gateway, GatewaySettings, ["recover"]) == 0
        assert "entente.gateway: the log holds nothing; the store knows of no generation" in capsys.readouterr().out


def test_a_setting_that_is_none_is_refused():
    with pytest.raises(WrongSetting, match="ENTENTE_GATEWAY_DATABASE_URL"):
        GatewaySettings.read("gateway")


def test_every_problem_is_told_once_with_a_mend():
    codes = [kind.code for kind in PROBLEMS]
    assert len(codes) == len(set(codes))
    assert all(kind.mend and kind.about for kind in PROBLEMS)
