"""The rule that import-linter has no contract for: rooms that import nothing but what is named, and the standard library."""

import sys
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.imports import ModuleExpression


class OnlyImports(Contract):
    """Modules below `modules` (wildcards allowed) import directly only `allowed` packages, each other, and the standard library."""

    type_name = "only_imports"

    modules = fields.ListField(subfield=fields.ModuleExpressionField())
    allowed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 - the signature is import-linter's
        allowed = tuple(cast("list[str]", self.allowed))
        rooms = {
            room
            for expression in cast("list[ModuleExpression]", self.modules)
            for room in graph.find_matching_modules(expression.expression)
        }
        strays = sorted(
            (importer, imported)
            for room in rooms
            for importer in {room, *graph.find_descendants(room)}
            for imported in graph.find_modules_directly_imported_by(importer)
            if not _is_within(imported, room) and not any(_is_within(imported, name) for name in allowed) and not _is_standard(imported)
        )
        return ContractCheck(kept=not strays, metadata={"strays": strays})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["strays"]:
            output.print_error(f"{importer} imports {imported}; it may import only {', '.join(cast('list[str]', self.allowed))}", bold=True)


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _is_standard(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in sys.stdlib_module_names
