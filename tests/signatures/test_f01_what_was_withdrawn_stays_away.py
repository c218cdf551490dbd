"""A page kept for when the database is away is not one that was withdrawn before."""

import pytest
from django.db import OperationalError

from campaigns.documents import Gone
from signatures import page_cache


def test_f01_a_withdrawn_page_does_not_come_back_when_the_database_goes(monkeypatch):
    monkeypatch.setattr(page_cache, "FRESH_SECONDS", 0.0)
    pages = page_cache.PageCache()

    def gone():
        raise Gone

    def away():
        raise OperationalError

    assert pages.get("page", lambda: (b"x", "text/plain"))
    assert pages.get("page", away)
    with pytest.raises(Gone):
        pages.get("page", gone)
    with pytest.raises(OperationalError):
        pages.get("page", away)
