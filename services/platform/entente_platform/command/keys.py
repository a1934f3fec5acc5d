"""Keys of sources: made, kept from others, and named."""

import base64
import hashlib
import os
from pathlib import Path

from entente_platform.command.trouble import Trouble


def keyid_of(public_key_pem: bytes) -> str:
    """The name of a key: the beginning of the SHA-256 of its public half (SubjectPublicKeyInfo, DER), the same for everybody who has it."""
    der = base64.b64decode(b"".join(line for line in public_key_pem.splitlines() if not line.startswith(b"-----")))
    return f"sha256-{hashlib.sha256(der).hexdigest()[:16]}"


def make_key(path: Path) -> bytes:
    """Makes an Ed25519 key, its private half in a new file (0600), its public half beside it as `<file>.pub`; gives the public half."""
    from entente_contracts.events.gateway import KeyAlgorithm
    from entente_contracts.signature import generate_key

    private, public = generate_key(KeyAlgorithm.ED25519)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Trouble(
            f"{path} exists and may hold a key in use", "name a new file, or give its public half with --key", kind="exists"
        ) from None
    except OSError as error:
        raise Trouble(f"{path} cannot be written: {error.strerror}", "name a file in a folder that you may write to") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)
        file.flush()
        os.fsync(file.fileno())
    path.with_name(path.name + ".pub").write_bytes(public)
    return public


def read_public(path: Path) -> bytes:
    """A public key from a file, checked to be one that the gateway accepts."""
    from entente_contracts.signature import algorithm_of

    try:
        public = path.read_bytes()
        algorithm_of(public)
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}", "name the file of a public key in PEM") from error
    except ValueError as error:
        raise Trouble(
            f"{path} is no public key: {error}", "give an Ed25519 or ECDSA P-256 public key in PEM, or make one: --new-key FILE"
        ) from error
    return public


def read_private(path: Path) -> tuple[bytes, str]:
    """A private key and its name."""
    from entente_contracts.signature import public_key_of

    try:
        private = path.read_bytes()
        return private, keyid_of(public_key_of(private))
    except OSError as error:
        raise Trouble(f"{path} cannot be read: {error.strerror}", "name the file of the source's private key") from error
    except (ValueError, TypeError) as error:
        raise Trouble(f"{path} is no private key in PEM: {error}", "give the file that `entente source add --new-key` wrote") from error
