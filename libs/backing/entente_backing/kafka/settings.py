"""The settings of a node: those of production, with what one machine has to share out."""

from pathlib import Path

from entente_backing.kafka.layout import LOOPBACK, Layout, node_folder

ADMIN = "admin"
"""The principal that furnishes a cluster; it may do everything."""
NODE = "kafka-node"
"""The principal of the nodes among themselves, by their certificates."""

_CLIENTS, _NODES, _CONTROLLERS = "CLIENTS", "NODES", "CONTROLLERS"


def properties(layout: Layout, folder: Path, node: int) -> dict[str, str]:
    """The settings of one node of the cluster in a folder."""
    ports, several = layout.ports[node - 1], len(layout.ports) > 1
    copies, enough = ("3", "2") if several else ("1", "1")
    voters = [f"{number}@{LOOPBACK}:{layout.ports[number - 1].controllers}" for number in layout.numbers]
    addresses = {_CLIENTS: ports.clients, _NODES: ports.nodes}
    protocols = _SECURE if layout.secure else dict.fromkeys((_CLIENTS, _NODES, _CONTROLLERS), "PLAINTEXT")
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(node),
        "controller.quorum.voters": ",".join(voters),
        "controller.listener.names": _CONTROLLERS,
        "inter.broker.listener.name": _NODES,
        "listeners": _listeners(addresses | {_CONTROLLERS: ports.controllers}),
        "advertised.listeners": _listeners(addresses),
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "log.dirs": str(node_folder(folder, node).data.resolve()),
        "auto.create.topics.enable": "false",
        "unclean.leader.election.enable": "false",
        "num.partitions": "1",
        "default.replication.factor": copies,
        "min.insync.replicas": enough,
        "offsets.topic.num.partitions": copies,
        "offsets.topic.replication.factor": copies,
        "transaction.state.log.num.partitions": copies,
        "transaction.state.log.replication.factor": copies,
        "transaction.state.log.min.isr": enough,
        "share.coordinator.state.topic.num.partitions": copies,
        "share.coordinator.state.topic.replication.factor": copies,
        "share.coordinator.state.topic.min.isr": enough,
        # A dead node is noticed in 3 seconds instead of 9: its partitions stand still half as long.
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "group.initial.rebalance.delay.ms": "0",
        # Several nodes share one machine.
        "num.network.threads": "2",
        "num.io.threads": "4",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
    }
    return settings | _security(folder) if layout.secure else settings


_SECURE = {_CLIENTS: "SASL_SSL", _NODES: "SSL", _CONTROLLERS: "SSL"}


def _security(folder: Path) -> dict[str, str]:
    """Clients prove who they are by SCRAM over TLS, nodes by certificates; what no rule allows is refused."""
    certificates = folder.resolve() / "certificates"
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    return {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": f"User:{ADMIN};User:{NODE}",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        f"listener.name.{_CLIENTS.lower()}.scram-sha-512.sasl.jaas.config": scram,
        "ssl.enabled.protocols": "TLSv1.3",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(certificates / "node.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(certificates / "ca.pem"),
        "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/",
        f"listener.name.{_NODES.lower()}.ssl.client.auth": "required",
        f"listener.name.{_CONTROLLERS.lower()}.ssl.client.auth": "required",
    }


def as_text(settings: dict[str, str]) -> str:
    """The settings as a properties file."""
    return "".join(f"{name}={value.replace(chr(92), chr(92) * 2)}\n" for name, value in settings.items())


def _listeners(ports: dict[str, int]) -> str:
    return ",".join(f"{name}://{LOOPBACK}:{port}" for name, port in ports.items())
