"""JSON Schemas of every event version, for readers and writers in any language: `python -m entente_contracts.schemas [FOLDER]` writes them.

A published schema says what a reader may rely on, so it leaves added fields open. A producer is held to more: of what a schema does not
name it may send nothing (`validation`). Both follow from one document, as closing it is adding `additionalProperties: false` everywhere.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from entente_contracts.event import Event
from entente_contracts.receipts import RECEIPT_TYPE, RECEIPT_TYPE_V1, Receipt, ReceiptV1
from entente_contracts.recording import schema_name
from entente_contracts.registry import EVENTS

FOLDER = Path(__file__).parent.parent / "schemas"
"""Where the schemas are committed, one file `<type>.json` an event version."""


class _Schema(GenerateJsonSchema):
    """Without a title for each field, which only repeats its name; naming the dialect."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - the same answer for all
        return False

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> dict[str, Any]:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode=mode)}

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> JsonSchemaValue:
        """As `anyOf`: the kinds exclude each other by their constants, and whoever compares schemas reads it as what it is."""
        return {"anyOf": super().tagged_union_schema(schema)["oneOf"]}


def schema_of(model: type[Event]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of an event's data."""
    generated = model.model_json_schema(schema_generator=_Schema)
    head = {"$schema": generated.pop("$schema"), "$id": schema_name(model.event_type()), "title": model.event_type()}
    del generated["title"]
    return {**head, "description": generated.pop("description"), **generated}


def receipt_schema(type: str = RECEIPT_TYPE, model: type[Receipt] = Receipt) -> dict[str, Any]:
    """The JSON Schema of a receipt's data, which is no event of the log."""
    generated = model.model_json_schema(schema_generator=_Schema, mode="serialization")
    head = {"$schema": generated.pop("$schema"), "$id": schema_name(type), "title": type}
    del generated["title"]
    return {**head, "description": generated.pop("description"), **generated}


def schema_files() -> dict[str, str]:
    """The name and the text of each file."""
    return {f"{model.event_type()}.json": as_text(schema_of(model)) for model in EVENTS} | {
        f"{RECEIPT_TYPE_V1}.json": as_text(receipt_schema(RECEIPT_TYPE_V1, ReceiptV1)),
        f"{RECEIPT_TYPE}.json": as_text(receipt_schema()),
    }


def as_text(document: dict[str, Any]) -> str:
    """A JSON document as it is committed: indented, its members in the order given."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> list[Path]:
    """Writes every schema into the folder and gives their paths. A schema that no event has any more stays: the schema gate reports it."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def main(arguments: list[str]) -> None:
    """Writes the schemas into the folder given, else where they are committed."""
    paths = write(Path(arguments[0]) if arguments else FOLDER)
    sys.stdout.write(f"{len(paths)} schemas in {paths[0].parent}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
