"""What a request with many items is answered with."""

from pydantic import BaseModel, ConfigDict

from entente_contracts.receipts import Receipt


class Receipts(BaseModel):
    """The answer to `POST /gateway/events`: one receipt an item."""

    model_config = ConfigDict(frozen=True)

    receipts: list[Receipt]
