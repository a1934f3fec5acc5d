"""The rows of one instance within one transaction: loaded in bulk, changed in memory, each written once."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from entente_contracts.recorded import Recorded
from entente_eventkit.projecting import bulk
from entente_eventkit.projecting.marks import Marks
from entente_eventkit.projecting.shape import Shape

M = TypeVar("M", bound=SQLModel)
Key = tuple[Any, ...]


class _Sheet:
    """One table's rows: `known` as they stand after the last event that ended well (None: there is none), `draft` what the event in hand
    makes of them, `changed` the keys still to be written."""

    __slots__ = ("changed", "draft", "known", "query", "shape")

    def __init__(self, shape: Shape, instance: str) -> None:
        self.shape = shape
        self.known: dict[Key, SQLModel | None] = {}
        self.draft: dict[Key, SQLModel | None] = {}
        self.changed: set[Key] = set()
        self.query = select(*shape.columns).where(shape.table.c.instance == instance)

    def load(self, connection: Connection, keys: list[Key]) -> None:
        self.known.update(dict.fromkeys(keys))
        shape = self.shape
        for values in bulk.by_keys(connection, self.query, self.shape.key_columns, keys):
            row = shape.make(dict(zip(shape.names, values, strict=True)))
            self.known[shape.key_of(row)] = row


class CachedRows:
    """`Rows` over the database. `start` an event, fold it, then `keep` or `forget` what it did; `flush` writes all that was kept."""

    def __init__(self, connection: Connection, instance: str, topic: str, shapes: Mapping[type[SQLModel], Shape]) -> None:
        self._connection, self._instance = connection, instance
        self._sheets = {model: _Sheet(shape, instance) for model, shape in shapes.items()}
        self._touched: list[_Sheet] = []
        self._marks = Marks(instance, topic)
        self._event: Recorded[Any] | None = None

    def start(self, event: Recorded[Any]) -> None:
        """Begins an event."""
        self._event = event

    def keep(self) -> None:
        """The event ended well: what it did counts."""
        for sheet in self._touched:
            sheet.known.update(sheet.draft)
            sheet.changed.update(sheet.draft)
            sheet.draft.clear()
        self._touched.clear()
        self._marks.keep()

    def forget(self) -> None:
        """The event failed: nothing of it remains."""
        for sheet in self._touched:
            sheet.draft.clear()
        self._touched.clear()
        self._marks.forget()

    def forget_all(self) -> None:
        """Forgets every row and every unwritten change, after a savepoint was rolled back."""
        self.forget()
        for sheet in self._sheets.values():
            sheet.known.clear()
            sheet.changed.clear()
        self._marks.forget_all()

    def preload(self, touched: Iterable[tuple[type[SQLModel], Key]]) -> None:
        """Loads rows by (model, key), each table in as few queries as possible."""
        wanted: dict[type[SQLModel], dict[Key, None]] = {}
        for model, key in touched:
            wanted.setdefault(model, {})[key] = None
        for model, keys in wanted.items():
            sheet = self._sheet(model)
            absent = sorted(key for key in keys if key not in sheet.known)
            sheet.load(self._connection, absent)

    def flush(self) -> None:
        """Writes every changed row once, table by table in order of key, then the marks."""
        for sheet in self._sheets.values():
            if sheet.changed:
                self._write(sheet)
        self._marks.flush(self._connection)

    def get(self, model: type[M], *key: Any) -> M | None:
        sheet = self._sheet(model)
        if key in sheet.draft:
            row = sheet.draft[key]
        else:
            if key not in sheet.known:
                self._expect_key(sheet, key)
                sheet.load(self._connection, [key])
            row = sheet.known[key]
        if row is None:
            return None
        copy: M = sheet.shape.make(row.__dict__.copy())  # type: ignore[assignment]  # a sheet holds rows of its own model only
        return copy

    def put(self, row: SQLModel) -> None:
        sheet = self._sheet(type(row))
        if not sheet.draft:
            self._touched.append(sheet)
        sheet.draft[sheet.shape.key_of(row)] = row

    def delete(self, model: type[SQLModel], *key: Any) -> None:
        sheet = self._sheet(model)
        self._expect_key(sheet, key)
        if not sheet.draft:
            self._touched.append(sheet)
        sheet.draft[key] = None

    def mark(self, what: str) -> None:
        if self._event is None:
            raise RuntimeError("a mark is left by a fold, because of the event being folded")
        self._marks.add(what, self._event)

    def _sheet(self, model: type[SQLModel]) -> _Sheet:
        try:
            return self._sheets[model]
        except KeyError:
            names = ", ".join(sorted(each.__name__ for each in self._sheets)) or "none"
            raise TypeError(
                f"{model.__name__} is no model of this projection (its models: {names}); use the plain model, not the table"
            ) from None

    def _expect_key(self, sheet: _Sheet, key: Key) -> None:
        if len(key) != len(sheet.shape.key):
            raise TypeError(f"{sheet.shape.model.__name__} has the key ({', '.join(sheet.shape.key)}), got {len(key)} parts")

    def _write(self, sheet: _Sheet) -> None:
        made, gone = [], []
        for key in sorted(sheet.changed):
            row = sheet.known[key]
            if row is None:
                gone.append((self._instance, *key))
            else:
                values = row.__dict__
                made.append({"instance": self._instance, **{name: values[name] for name in sheet.shape.names}})
        bulk.upsert(self._connection, sheet.shape.table, made)
        bulk.delete_keys(self._connection, sheet.shape.table, gone)
        sheet.changed.clear()
