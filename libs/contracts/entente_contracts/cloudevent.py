"""A CloudEvent on the wire: attributes as text and data as bytes, before anything is believed about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from entente_contracts.strict_json import Flaw


class NotACloudEvent(ValueError):
    """What arrived is no CloudEvents 1.0 event; the text says which attribute and how to mend it. `flaw`: what its bytes suffer from."""

    def __init__(self, text: str, flaw: Flaw = Flaw.NOT_JSON) -> None:
        super().__init__(text)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class CloudEvent:
    """Context attributes in their canonical text form (`specversion` and extensions among them) and the data's bytes.

    Of JSON `data` in a structured event the bytes are its RFC 8785 canonical form, of `data_base64` the decoded bytes, of a binary-mode
    message the body as sent; None means that there is no data.
    """

    attributes: Mapping[str, str]
    data: bytes | None
