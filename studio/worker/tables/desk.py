"""What can be asked of a table; opened tables and computed orders are kept a while."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any, Callable, Dict, Generic, Optional, TypeVar

T = TypeVar("T")
KEPT_TABLES, KEPT_ORDERS = 8, 8


class Cancelled(Exception):
    """The one who asked doesn't wait any more."""


class Job:
    """A request under way; `on_cancel` is called at once when it is given up."""

    def __init__(self, emit: Callable[[Any], None]) -> None:
        self.emit = emit
        self.on_cancel: Optional[Callable[[], object]] = None
        self._cancelled = False

    def cancel(self) -> None:
        self._cancelled = True
        if self.on_cancel is not None:
            self.on_cancel()

    def check(self) -> None:
        if self._cancelled:
            raise Cancelled


class Kept(Generic[T]):
    """The last few made things by their keys; each is made once, by one thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[str, T] = OrderedDict()
        self._locks: Dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        with self._lock:
            own = self._locks.setdefault(key, threading.Lock())
        with own:
            if key not in self._made:
                self._made[key] = make()
        with self._lock:
            self._made.move_to_end(key)
            while len(self._made) > self._most:
                self._locks.pop(self._made.popitem(last=False)[0], None)
            return self._made[key]


class Desk:
    """`folder` is for what is made on the way; its owner removes it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tables: Kept[Any] = Kept(KEPT_TABLES)
        self._orders: Kept[Any] = Kept(KEPT_ORDERS)
        self._operations = {
            "hello": lambda request, job: _import_all(),
            "shape": self._shape,
            "head": self._head,
            "settle": self._settle,
            "page": self._page,
            "order": self._order,
            "profile": self._profile,
            "differ": self._differ,
            "pictures": self._pictures,
        }

    def do(self, request: Dict[str, Any], job: Job) -> Any:
        return self._operations[request["op"]](request, job)

    def _shape(self, request: Dict[str, Any], job: Job) -> Any:
        return self._table(request).shape()

    def _head(self, request: Dict[str, Any], job: Job) -> Any:
        """The shape and the first cells, in one answer."""
        shape = self._shape(request, job)
        columns = list(range(min(request["columns"], len(shape["columns"]))))
        page = {**request, "start": 0, "columns": columns, "order": None}
        return {"shape": shape, "page": self._page(page, job)}

    def _settle(self, request: Dict[str, Any], job: Job) -> Any:
        """The shape with the count of rows, which may need the whole file read."""
        table = self._table(request)
        table.settle(job)
        return table.shape()

    def _page(self, request: Dict[str, Any], job: Job) -> Any:
        from .cells import cells

        start, count = request["start"], request["count"]
        numbers, longest = request["columns"], request.get("longest", 300)
        if request.get("beside"):
            return self._page_beside(request, job)
        if not request.get("order"):
            arrays = self._table(request).slice(start, count, numbers)
            return {"columns": [cells(array, longest) for array in arrays]}
        table = self._settled(request, job)
        rows = self._rows_in_order(request, job)[start : start + count]
        arrays = table.take(rows, numbers)
        shown = [cells(array, longest) for array in arrays]
        return {"columns": shown, "rows": rows.tolist()}

    def _page_beside(self, request: Dict[str, Any], job: Job) -> Any:
        """Rows in the order of a match, some of which aren't in this table."""
        from .cells import cells
        from .matching import take

        start, count = request["start"], request["count"]
        side = request["beside"]["side"]
        rows = self._match(request, job).sides[side][start : start + count]
        asked = request["beside"]["other"] if side else request["table"]
        table = self._settled({"table": asked}, job)
        arrays = take(table, rows, request["columns"])
        shown = [cells(array, request.get("longest", 300)) for array in arrays]
        return {"columns": shown, "rows": rows.tolist()}

    def _order(self, request: Dict[str, Any], job: Job) -> Any:
        return {"rows": len(self._rows_in_order(request, job))}

    def _rows_in_order(self, request: Dict[str, Any], job: Job) -> Any:
        from .order import ordered

        key = _key(request["table"]) + json.dumps(request["order"])
        table = self._settled(request, job)
        return self._orders.get(key, lambda: ordered(table, request["order"], job))

    def _profile(self, request: Dict[str, Any], job: Job) -> Any:
        from .profile import profile

        table = self._settled(request, job)
        profile(table, job, request.get("first", ()))
        return table.shape()

    def _pictures(self, request: Dict[str, Any], job: Job) -> Any:
        """Of files, or of rows of a table's column."""
        from .pictures import pictures_of_column, pictures_of_files

        if "files" in request:
            return pictures_of_files(request["files"], request["size"], job)
        table = self._settled(request, job)
        where = request["start"], request["count"], [request["column"]]
        values = table.slice(*where)[0].to_pylist()
        return pictures_of_column(values, request["size"], job)

    def _differ(self, request: Dict[str, Any], job: Job) -> Any:
        from .difference import differ, differ_by_key
        from .matching import likely_key

        other = {**request, "table": request["other"]}
        left, right = self._settled(request, job), self._settled(other, job)
        pairs, keys = request["pairs"], request.get("keys")

        def matched(keys: Any) -> Any:
            beside = {"other": request["other"], "keys": keys}
            return self._match({**request, "beside": beside}, job)

        if keys is None:
            keys = likely_key(left, right, pairs, matched, job)
        if not keys:
            return differ(left, right, pairs, job)
        answer = differ_by_key(left, right, pairs, matched(keys), job)
        return {**answer, "keys": keys}

    def _match(self, request: Dict[str, Any], job: Job) -> Any:
        """`beside` tells the other table and the key, pairs of columns."""
        from .matching import match

        beside = request["beside"]
        other = {"table": beside["other"]}
        left, right = self._settled(request, job), self._settled(other, job)
        asked = _key(request["table"]), _key(beside["other"]), beside["keys"]
        key = json.dumps(asked)
        return self._orders.get(key, lambda: match(left, right, beside["keys"], job))

    def _settled(self, request: Dict[str, Any], job: Job) -> Any:
        table = self._table(request)
        table.settle(job)
        return table

    def _table(self, request: Dict[str, Any]) -> Any:
        from .sources import open_table

        asked = request["table"]
        return self._tables.get(_key(asked), lambda: open_table(asked, self._folder))


def _key(asked: Dict[str, Any]) -> str:
    """What a table is, with its files' state: an overwritten one is another."""
    files = [Path(file).stat() for file in asked["files"]]
    state = [(file.st_size, file.st_mtime_ns) for file in files]
    return json.dumps([asked, state])


def _import_all() -> str:
    """Make the first answer quick."""
    from . import order, profile, sources

    for module in (sources, order, profile):
        module.warm()
    return "ready"
