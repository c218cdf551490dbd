"""Works off the sources that are due, one after the other and gently."""

import logging
import threading
import time
from urllib.parse import urlsplit

from campaigns.models import Source
from campaigns.source_health.archives import find_copy
from campaigns.source_health.fetching import Fetcher, public_web
from campaigns.source_health.judging import judge

logger = logging.getLogger(__name__)

# A turn, after which the worker may be replaced by a newer version of itself.
TURN_SECONDS = 50.0
HOST_PAUSE_SECONDS = 2.0


class HostPace:
    """Lets a host be asked every so many seconds, by all threads of this process together."""

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self._free_at: dict[str, float] = {}
        self._lock = threading.Lock()

    def wait(self, host: str) -> None:
        """Return when it is this caller's turn to ask `host`."""
        with self._lock:
            now = time.monotonic()
            self._free_at = {name: at for name, at in self._free_at.items() if at > now}
            turn = self._free_at.get(host, now)
            self._free_at[host] = turn + self.pause
        time.sleep(turn - now)


PACE = HostPace(HOST_PAUSE_SECONDS)


def examine_due(
    *,
    fetcher: Fetcher | None = None,
    pace: HostPace = PACE,
    seconds: float = TURN_SECONDS,
) -> bool:
    """Check due sources for a turn. Returns whether some may be left.

    Several may run at once: each source is claimed by one of them.
    """
    fetcher = fetcher or public_web()
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        # One at a time: a worker that is asked to stop is done with its source in half a minute.
        claimed = Source.objects.claim_due(1)
        if not claimed:
            return False
        for source in claimed:
            pace.wait(urlsplit(source.url).netloc)
            examine(source, fetcher=fetcher)
    return True


def examine(source: Source, *, fetcher: Fetcher) -> None:
    """Ask whether `source` stands, and for an archived copy when it has none yet."""
    answer = fetcher.status_of(source.url)
    verdict = judge(answer)
    recorded = source.record_check(verdict, status=answer.status, problem=answer.problem)
    logger.info("Source %s: %s", source.pk, verdict.value)
    may_ask_archive = answer.problem != Source.Problem.ADDRESS
    if recorded and may_ask_archive and not (source.archive_url or source.archive_suggestion):
        source.suggest_copy(find_copy(source.url, near=source.accessed_on, fetcher=fetcher))
