"""Public keys as they are handed in: checked, put into one form, and private ones turned away unread."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from fastapi import Request

from entente_contracts import signature
from entente_contracts.events.gateway import PublicKey
from entente_contracts.refused import Refused

PRIVATE = b"PRIVATE KEY"
"""What every private key in PEM says of itself."""


async def no_private_key(request: Request) -> None:
    """For routes that take keys: refuses a body with a private key before anything of it is read, answered, logged or kept."""
    if PRIVATE in await request.body():
        raise Refused(
            "private-key",
            "the request holds a private key; it was neither read nor kept",
            "send the public key only; hold the private one to be known to others and make a new pair",
            where="body",
        )


def checked(key: PublicKey, where: str) -> PublicKey:
    """The key with its PEM in the one form that is compared; refuses what is no public key of its algorithm."""
    try:
        pem = key.pem.encode("ascii")
        algorithm = signature.algorithm_of(pem)
        normal = load_pem_public_key(pem).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    except (ValueError, UnsupportedAlgorithm):
        raise Refused(
            "no-public-key",
            f"the key {key.keyid!r} cannot be read as a public key in PEM",
            "send an Ed25519 or ECDSA P-256 key as SubjectPublicKeyInfo: -----BEGIN PUBLIC KEY----- ...",
            where=f"{where}.pem",
        ) from None
    if algorithm is not key.algorithm:
        raise Refused(
            "other-algorithm",
            f"the key {key.keyid!r} is {algorithm.value}, not {key.algorithm.value}",
            f"say `{algorithm.value}`, or send the other key",
            where=f"{where}.algorithm",
        )
    return PublicKey(keyid=key.keyid, algorithm=algorithm, pem=normal)
