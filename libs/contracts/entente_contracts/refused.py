"""A refusal by the domain: the one exception that a pure decision raises."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Refused(Exception):
    """The domain says no. `code` is a stable kebab-case name, `detail` says what and where, `mend` what to do about it.

    `where` is a JSON path into the command; `status` the HTTP status that it becomes; `also` goes into the problem document as it is.
    """

    code: str
    detail: str
    mend: str
    where: str | None = None
    status: int = 422
    also: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}; {self.mend}"
