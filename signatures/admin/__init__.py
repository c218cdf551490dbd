"""What staff see of people and do to signatures: to look up and to answer for, never to edit."""

from signatures.admin.blocks import SuppressionAdmin
from signatures.admin.exports import ExportAdmin
from signatures.admin.paper import PaperBatchAdmin
from signatures.admin.people import LetterAdmin, SupporterAdmin, person_sections
from signatures.admin.signatures import SignatureAdmin
from signatures.admin.state_changes import StateChangeAdmin
from signatures.admin.tags import TagAdmin

__all__ = [
    "ExportAdmin",
    "LetterAdmin",
    "PaperBatchAdmin",
    "SignatureAdmin",
    "StateChangeAdmin",
    "SupporterAdmin",
    "SuppressionAdmin",
    "TagAdmin",
    "person_sections",
]
