"""The groups that staff of an organization belong to.

They are brought up to date after every `migrate`, so that a new model comes with its permissions.
What a member sees is a matter of membership; this says only what they may do with it.
"""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions

GROUP = "Organizers"
READERS = "Readers"

# (app label, model): what an organizer may do. Nobody edits what people said, not even staff.
MAY = {
    ("campaigns", "organization"): ["view", "change"],
    ("campaigns", "mailscope"): ["view", "add", "change"],
    ("campaigns", "campaign"): ["view", "add", "change", "delete"],
    ("campaigns", "target"): ["view", "add", "change", "delete"],
    ("campaigns", "source"): ["view", "add", "change", "delete"],
    ("campaigns", "ally"): ["view", "add", "change", "delete"],
    ("campaigns", "picture"): ["view", "add", "change", "delete"],
    ("campaigns", "correction"): ["view", "add", "change", "delete"],
    ("campaigns", "customfield"): ["view", "add", "change", "delete"],
    ("campaigns", "topic"): ["view", "add", "change", "delete"],
    ("campaigns", "translation"): ["view", "add", "change", "delete"],
    ("campaigns", "update"): ["view", "add", "change", "delete", "publish"],
    ("signatures", "supporter"): ["view"],
    ("signatures", "signature"): ["view"],
    ("signatures", "subscription"): ["view"],
    ("signatures", "consentevent"): ["view"],
    ("signatures", "letter"): ["view"],
    ("signatures", "suppression"): ["view"],
    ("signatures", "statechange"): ["view", "add"],
    ("signatures", "statechangeentry"): ["view"],
    ("signatures", "export"): ["view", "add"],
    ("signatures", "tag"): ["view", "add", "change", "delete"],
    ("signatures", "taggedsupporter"): ["view", "add", "delete"],
    ("signatures", "paperbatch"): ["view", "add", "change", "delete"],
    ("mailings", "mailing"): ["view", "add", "change", "delete", "approve", "send"],
    ("mailings", "segment"): ["view", "add", "change", "delete"],
    ("mailings", "catchup"): ["view", "add"],
    ("mailings", "mailingtally"): ["view"],
    ("mailings", "digestschedule"): ["view", "add", "change"],
    ("mailings", "reply"): ["view", "change"],
    ("mailings", "trial"): ["view", "add", "change", "delete"],
    ("mailings", "trialtext"): ["view", "add", "change", "delete"],
    ("mailings", "welcomestep"): ["view", "add", "change", "delete"],
}
# Who also decides what a send to many people asks for. An organizer cannot: whoever needs a second
# person could else do without.
OWN = MAY | {("campaigns", "organization"): ["view", "change", "safeguard"]}
# Who only looks: nothing is changed, mailed or taken out of the house.
LOOK = {model: ["view"] for model in MAY}
# Who writes what others publish and send; who also puts it on the page and approves a mailing as
# the second person; and who sends it, which is not to write it.
WRITE = LOOK | {
    ("campaigns", "update"): ["view", "add", "change"],
    ("campaigns", "source"): ["view", "add", "change"],
    ("campaigns", "picture"): ["view", "add", "change"],
    ("mailings", "mailing"): ["view", "add", "change"],
}
EDIT = WRITE | {
    ("campaigns", "update"): ["view", "add", "change", "publish"],
    ("mailings", "mailing"): ["view", "add", "change", "approve"],
}
SEND = LOOK | {("mailings", "mailing"): ["view", "approve", "send"]}
GROUPS = {
    GROUP: MAY,
    "Owners": OWN,
    READERS: LOOK,
    "Authors": WRITE,
    "Editors": EDIT,
    "Senders": SEND,
}


def provide_group(app_config: AppConfig, **kwargs: Any) -> None:
    """After `migrate`: the groups may do with one app's models what stands here and nothing else.

    Safe to repeat. Whoever needs more permissions gets them from a group of another name.
    """
    from django.contrib.auth.models import Group, Permission

    # Django makes an app's permissions on the same signal, possibly after us.
    create_permissions(app_config, verbosity=0, using=kwargs["using"])
    for name, may in GROUPS.items():
        wanted = [
            f"{action}_{model}"
            for (label, model), actions in may.items()
            if label == app_config.label
            for action in actions
        ]
        group, _created = Group.objects.using(kwargs["using"]).get_or_create(name=name)
        permissions = Permission.objects.using(kwargs["using"]).filter(
            content_type__app_label=app_config.label, codename__in=wanted
        )
        of_app = group.permissions.filter(content_type__app_label=app_config.label)
        group.permissions.remove(*of_app.exclude(codename__in=wanted))
        group.permissions.add(*permissions)
