"""Takes out of web addresses what only tells somebody who clicked, and from where."""

import re
from urllib.parse import urlsplit, urlunsplit

# Parameters that follow a reader. What a page needs to answer is never among them.
TRACKING = re.compile(
    r"""
    (?: utm_\w+ | (?:hsa|pk|piwik|mtm|matomo|oly|vero|_hs|mkt|ga|stm|at|trk|ns|cm_mmc)_\w+
    |   akid | rd | fbclid | fb_(?:action_ids|action_types|source|ref) | gclid | gclsrc | dclid
    |   gbraid | wbraid | gad_source | msclkid | mc_[ce]id | igshid? | ttclid | twclid | li_fat_id
    |   yclid | ysclid | _openstat | wickedid | s_kwcid | epik | _ga | _gl | ncid | cmpid | ocid
    |   ref_src | ref_url | source_caller | __twitter_impression | smid | smtyp | spm | mkt_tok
    |   CMP | emci | emdi | ceid | sourceid | _kx
    )""",
    re.VERBOSE | re.IGNORECASE,
)
# ActionKit's `t` counts the mailing's links. Elsewhere it is a search or a moment in a film.
SHORT_COUNTER = re.compile(r"[0-9]{1,3}")
ADDRESS = re.compile(r"https?://[^\s<>\"“”„«»]+", re.IGNORECASE)


def strip_tracking(url: str) -> str:
    """`url` without its tracking parameters; byte for byte as it was when it has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    pairs = re.split(r"([&;])", parts.query)
    names = {pair.partition("=")[0].lower() for pair in pairs[::2]}
    kept = [pair for pair in pairs[::2] if pair and not _tracks(pair, beside=names)]
    if len(kept) == len(pairs[::2]) or not parts.query:
        return url
    return urlunsplit(parts._replace(query="&".join(kept)))


def _tracks(pair: str, *, beside: set[str]) -> bool:
    name, _equals, value = pair.partition("=")
    if name.lower() == "t":
        return bool(SHORT_COUNTER.fullmatch(value)) and not beside.isdisjoint({"akid", "rd"})
    if name.lower() == "si":  # YouTube and Spotify sign their share links with it
        return len(value) >= 12
    return TRACKING.fullmatch(name) is not None
