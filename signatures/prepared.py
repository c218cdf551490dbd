"""Statements that PostgreSQL plans once for each connection, where planning is half of the cost.

The one that signs writes five tables: planned anew for every visitor it takes twice as long.
"""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_HOLE = re.compile(r"%\((\w+)\)s")


class Prepared:
    """SQL with `%(name)s` holes, prepared under a name of its own.

    `types` gives the PostgreSQL type of each hole, in the order in which they are numbered.
    """

    def __init__(self, name: str, sql: str, types: Mapping[str, str]) -> None:
        numbers = {hole: f"${number}" for number, hole in enumerate(types, 1)}
        body = _HOLE.sub(lambda found: numbers[found[1]], sql).replace("%%", "%")
        self._name = name
        self._prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {body}"
        self.call = f"EXECUTE {name}({', '.join(f'%({hole})s' for hole in types)})"
        self._ready: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()

    def ready(self) -> None:
        """Prepare it on Django's connection of this thread, unless that was done before."""
        connection.ensure_connection()
        raw = connection.connection
        if raw not in self._ready:
            with connection.cursor() as cursor:
                cursor.execute(self._prepare)
            self._ready[raw] = True
