"""The rendered public page, kept in the memory of each web process for a second.

Nothing is ever invalidated: a change shows when the second is over. The last good page is kept for
the time when PostgreSQL is away. One thread renders while the others serve what there is.
"""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError

from campaigns.documents import Gone

logger = logging.getLogger(__name__)

FRESH_SECONDS = 1.0
# While somebody renders, others get a page of this age at most, or wait for the new one.
STALE_SECONDS = 3.0
RENDER_SECONDS = 6.0
LAST_GOOD_SECONDS = 600.0
MAX_PAGES = 1000


@dataclass(slots=True)
class Page:
    """Bytes to serve, the same for everyone, with the entity tag that stands for them."""

    body: bytes
    content_type: str
    etag: str
    rendered_at: float

    @property
    def age(self) -> float:
        """Seconds since it was rendered."""
        return time.monotonic() - self.rendered_at


class PageCache:
    """Pages by key. `get` renders at most once a second and key, whatever the number of readers."""

    def __init__(self) -> None:
        self._pages: dict[str, Page] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def get(self, key: str, render: Callable[[], tuple[bytes, str] | None]) -> Page | None:
        """The page under `key`, rendered anew when older than a second.

        `render` returns the bytes and their content type, or None for "there is no such page". When
        it meets a database that is away, the last good page is served for ten minutes; with none
        kept, the database's error passes through.
        """
        page = self._pages.get(key)
        if page and page.age < FRESH_SECONDS:
            return page
        lock = self._lock(key)
        patience = 0.0 if page and page.age < STALE_SECONDS else RENDER_SECONDS
        if not lock.acquire(timeout=patience):
            return self._pages.get(key)
        try:
            page = self._pages.get(key)
            if page and page.age < FRESH_SECONDS:
                return page
            return self._render(key, render, page)
        finally:
            lock.release()
            self._forget_lock(key)

    def _render(
        self, key: str, render: Callable[[], tuple[bytes, str] | None], last: Page | None
    ) -> Page | None:
        try:
            rendered = render()
        except (OperationalError, InterfaceError):
            if last is None or last.age > LAST_GOOD_SECONDS:
                raise
            logger.warning("The database is away: serving the last good page of %s", key)
            return last
        except Gone:
            # What was withdrawn must not come back when the database goes away a moment later.
            with self._guard:
                self._pages.pop(key, None)
            raise
        with self._guard:
            if rendered is None:
                self._pages.pop(key, None)
                return None
            if len(self._pages) >= MAX_PAGES and key not in self._pages:
                oldest = min(self._pages, key=lambda k: self._pages[k].rendered_at)
                del self._pages[oldest]
                self._locks.pop(oldest, None)
            body, content_type = rendered
            etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            page = self._pages[key] = Page(body, content_type, etag, time.monotonic())
        return page

    def _lock(self, key: str) -> threading.Lock:
        with self._guard:
            return self._locks.setdefault(key, threading.Lock())

    def _forget_lock(self, key: str) -> None:
        """Keys that have no page, as made-up addresses, leave nothing behind."""
        with self._guard:
            if key not in self._pages:
                self._locks.pop(key, None)


pages = PageCache()
