"""The certificate by which a cluster's nodes are known."""

from pathlib import Path

from cryptography import x509

from entente_backing.kafka import certificates


def test_the_nodes_are_known_by_loopback_and_by_the_names_they_are_given(tmp_path: Path):
    certificates.settle(tmp_path, "node", ["kafka"])
    node = x509.load_pem_x509_certificates((tmp_path / "node.pem").read_bytes())[0]
    names = node.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "kafka"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
