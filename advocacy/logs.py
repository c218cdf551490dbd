"""What must not stand in a log."""

import logging
import re

_LINK = re.compile(
    r"/(confirm|not-me|withdraw|unsubscribe|preferences|my-data|as|preview|download)/[^\s\"'<>]+"
)


def mask_tokens(text: str) -> str:
    """`/confirm/…` for `/confirm/k1-PxQA…/`: a link's token is as good as its reader's word."""
    return _LINK.sub(r"/\1/…", text)


class MaskTokens(logging.Filter):
    """Takes the tokens of mail links out of every record, whoever wrote it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = mask_tokens(message)
        if masked != message:
            record.msg, record.args = masked, None
        return True
