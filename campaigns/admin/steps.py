"""The steps of a campaign from draft to outcome, as buttons: each calls one method of the model."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.admin.times import ZonedDateTimeField, in_both_zones
from campaigns.models import Campaign, CannotPublish
from campaigns.models.campaign import ENDED, UNPUBLISHED

State = Campaign.State


class PlainForm(forms.Form):
    """A step that asks for nothing but to be sure."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign


class ScheduleForm(PlainForm):
    opens_at = ZonedDateTimeField(label=gettext_lazy("Opens at"))

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        field: Any = self.fields["opens_at"]
        field.zone, field.initial = campaign.zone, campaign.opens_at
        field.help_text = _("In the time zone of the campaign: %s.") % campaign.zone.key

    def clean_opens_at(self) -> Any:
        opens_at = self.cleaned_data["opens_at"]
        if opens_at <= timezone.now():
            raise forms.ValidationError(_("This time has passed. To open it now, publish it."))
        return opens_at


class OutcomeForm(PlainForm):
    outcome = forms.CharField(
        label=gettext_lazy("What came of it"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"class": "vLargeTextField", "rows": 5}),
        help_text=gettext_lazy(
            "First on the page, above everything else. Plain text; an empty line parts paragraphs."
        ),
    )

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        self.fields["outcome"].initial = campaign.outcome


class WonForm(OutcomeForm):
    """A page that says “Won” and not what is worth nothing to those who signed it."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        won = self.fields["outcome"]
        won.label, won.required = _("What was won"), True
        won.error_messages["required"] = _("Say what was won: it stands first on the page.")


class WithdrawForm(OutcomeForm):
    """Readers who come by an old link are owed a reason."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, campaign=campaign, **kwargs)
        note = self.fields["outcome"]
        note.label, note.required = _("Why it was withdrawn"), True
        note.help_text = _("A sentence or two; the page shows this and the headline alone.")


@dataclass(frozen=True)
class Step:
    """A button. `of` are the states it is offered in; `means` tells what pressing it does.

    One that asks nothing is taken at once; the others on a page of their own. `take` returns
    whether this call did it, and raises `CannotPublish`.
    """

    name: str
    label: Promise
    of: list[Any]
    take: Callable[[Campaign, dict[str, Any]], bool]
    done: Promise
    means: Promise | str = ""
    form: type[PlainForm] = PlainForm
    asks: bool = True


LINKS_STILL_COUNT = gettext_lazy(
    "Whoever has signed and not confirmed yet can still do so for seven days."
)

ALL = [
    Step(
        "publish",
        gettext_lazy("Publish"),
        UNPUBLISHED,
        lambda campaign, typed: campaign.publish(),
        gettext_lazy("Published."),
        asks=False,
    ),
    Step(
        "schedule",
        gettext_lazy("Schedule"),
        UNPUBLISHED,
        lambda campaign, typed: campaign.schedule(typed["opens_at"]),
        gettext_lazy("Scheduled."),
        gettext_lazy("The page opens by itself at this time. Until then you can unschedule it."),
        ScheduleForm,
    ),
    Step(
        "unschedule",
        gettext_lazy("Unschedule"),
        [State.SCHEDULED],
        lambda campaign, typed: campaign.unschedule(),
        gettext_lazy("Unscheduled: it is a draft again and does not open by itself."),
        asks=False,
    ),
    Step(
        "close",
        gettext_lazy("Close"),
        [State.OPEN],
        lambda campaign, typed: campaign.close(),
        gettext_lazy("Closed: the page stays and takes no more names."),
        gettext_lazy("The form goes and the page stays. It can be opened again."),
    ),
    Step(
        "deliver",
        gettext_lazy("Mark as delivered"),
        [State.OPEN, State.CLOSED],
        lambda campaign, typed: campaign.deliver(outcome=typed["outcome"]),
        gettext_lazy("Delivered: the page says so first."),
        gettext_lazy("The signatures were handed over. The page takes no more of them."),
        OutcomeForm,
    ),
    Step(
        "win",
        gettext_lazy("Mark as won"),
        [State.OPEN, State.CLOSED, State.DELIVERED, State.LOST],
        lambda campaign, typed: campaign.win(outcome=typed["outcome"]),
        gettext_lazy("Won: the page says so first."),
        gettext_lazy("What was asked for was granted. The page takes no more signatures."),
        WonForm,
    ),
    Step(
        "lose",
        gettext_lazy("Mark as lost"),
        [State.OPEN, State.CLOSED, State.DELIVERED, State.WON],
        lambda campaign, typed: campaign.lose(outcome=typed["outcome"]),
        gettext_lazy("Lost: the page says so first."),
        gettext_lazy("What was asked for was refused. The page takes no more signatures."),
        OutcomeForm,
    ),
    Step(
        "reopen",
        gettext_lazy("Open again"),
        ENDED,
        lambda campaign, typed: campaign.reopen(),
        gettext_lazy("Opened again: the page takes signatures."),
        gettext_lazy("The form comes back, and what the page said of the end goes."),
    ),
    Step(
        "withdraw",
        gettext_lazy("Withdraw"),
        [State.OPEN, *(state for state in ENDED if state != State.WITHDRAWN)],
        lambda campaign, typed: campaign.withdraw(outcome=typed["outcome"]),
        gettext_lazy("Withdrawn: the page shows its headline and your note."),
        gettext_lazy(
            "The page keeps its headline and a short note, and loses everything else. Signatures"
            " that are not confirmed yet will not count. Nothing is deleted."
        ),
        WithdrawForm,
    ),
]
STEPS = {step.name: step for step in ALL}


def steps_from(campaign: Campaign) -> list[Step]:
    """The steps that may be taken now."""
    return [step for step in ALL if campaign.state in step.of]


def take(step: Step, request: HttpRequest, campaign: Campaign, typed: dict[str, Any]) -> str:
    """Take a step and tell the user; returns what to log, empty when nothing was changed."""
    try:
        taken = step.take(campaign, typed)
    except CannotPublish as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
        return ""
    state = campaign.get_state_display()
    if not taken and campaign.state in step.of:
        messages.info(request, _("Nothing was left to do: it is %(state)s.") % {"state": state})
    elif not taken:
        sentence = _("Somebody was faster: it is %(state)s now, and stays so.")
        messages.warning(request, sentence % {"state": state})
    else:
        messages.success(request, _told(step, campaign))
    return str(step.done) if taken else ""


def _told(step: Step, campaign: Campaign) -> str:
    if step.name == "publish":
        sentence = _('Published: <a href="{0}">{0}</a> takes signatures.')
        return format_html(sentence, campaign.public_url)
    if step.name == "schedule" and campaign.opens_at:
        when = in_both_zones(campaign.opens_at, campaign.zone)
        return _("Scheduled: it opens by itself on %(when)s.") % {"when": when}
    if step.name in ("deliver", "win", "lose"):
        write = f"{reverse('admin:campaigns_update_add')}?campaign={campaign.pk}"
        sentence = _('{0} Tell those who signed: <a href="{1}">write an update</a>.')
        return format_html(sentence, step.done, write)
    return str(step.done)
