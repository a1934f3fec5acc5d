"""An authority of a cluster's own, and the certificate of its nodes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from entente_backing.kafka.credentials import write_secret
from entente_backing.kafka.layout import LOOPBACK

_AUTHORITY_HOLDS, _NODE_HOLDS = timedelta(days=3650), timedelta(days=397)
_CLOCKS_DIFFER = timedelta(hours=1)


def settle(folder: Path, common_name: str, hosts: Sequence[str] = ()) -> bytes:
    """Makes the authority where there is none, and a fresh certificate for the nodes; gives the authority's certificate as PEM.

    The nodes are known by loopback's names, and by those of `hosts`. `ca.key` never leaves the folder: whoever has it can be a node.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / "ca.key").exists():
        key = ec.generate_private_key(ec.SECP256R1())
        write_secret(folder / "ca.pem", _authority(key).public_bytes(Encoding.PEM))
        write_secret(folder / "ca.key", _private(key))
    authority = x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes())
    signer = load_pem_private_key((folder / "ca.key").read_bytes(), None)
    if not isinstance(signer, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{folder / 'ca.key'} is no key on an elliptic curve")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _node(common_name, ("localhost", *hosts), key.public_key(), authority, signer)
    write_secret(folder / "node.pem", _private(key) + certificate.public_bytes(Encoding.PEM) + authority.public_bytes(Encoding.PEM))
    return authority.public_bytes(Encoding.PEM)


def _authority(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Entente Kafka {x509.random_serial_number():x}"[:40])])
    return (
        _begun(name, name, key.public_key(), _AUTHORITY_HOLDS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _node(
    common_name: str,
    hosts: Sequence[str],
    key: ec.EllipticCurvePublicKey,
    authority: x509.Certificate,
    signer: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK)), *map(x509.DNSName, hosts)])
    return (
        _begun(name, authority.subject, key, _NODE_HOLDS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(names, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
        .sign(signer, hashes.SHA256())
    )


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, holds: timedelta) -> x509.CertificateBuilder:
    now = datetime.now(UTC)  # noqa: TID251 - a certificate is judged by the machine's clock, whatever clock a service goes by
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS_DIFFER)
        .not_valid_after(now + holds)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
