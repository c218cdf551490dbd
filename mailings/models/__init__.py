from mailings.models.act import MailingAct
from mailings.models.catching_up import CatchUp
from mailings.models.click import Click, MailLink
from mailings.models.closing import ClosingMail
from mailings.models.coming_back import ArrivedMail, MailEvent, Reply
from mailings.models.delivery import Chunk, Deferral, LaneSequence, Recipient, SkipReason
from mailings.models.digest import DigestItem, SkippedPeriod
from mailings.models.lane import Lane, LaneDomain
from mailings.models.list_health import ListHealth
from mailings.models.mailing import Mailing, MailingContent, Proof, content_digest
from mailings.models.notice import OrganizerNotice
from mailings.models.report import MailingTally, VisitCount
from mailings.models.schedule import DigestSchedule
from mailings.models.segment import Segment
from mailings.models.states import IN_PREPARATION
from mailings.models.trial import Trial, TrialMeasure, TrialText
from mailings.models.warming import LaneDay, WarmUp
from mailings.models.welcome import WelcomeStep
from mailings.models.wording import MailingTranslation, Wording

__all__ = [
    "IN_PREPARATION",
    "ArrivedMail",
    "CatchUp",
    "Click",
    "MailLink",
    "Chunk",
    "ClosingMail",
    "Deferral",
    "DigestItem",
    "DigestSchedule",
    "Lane",
    "LaneDay",
    "LaneDomain",
    "LaneSequence",
    "Mailing",
    "MailingAct",
    "ListHealth",
    "MailEvent",
    "MailingContent",
    "MailingTally",
    "MailingTranslation",
    "OrganizerNotice",
    "Proof",
    "Recipient",
    "Reply",
    "Segment",
    "SkipReason",
    "SkippedPeriod",
    "Trial",
    "TrialMeasure",
    "TrialText",
    "WelcomeStep",
    "Wording",
    "VisitCount",
    "content_digest",
    "WarmUp",
]
