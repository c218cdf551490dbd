"""Which links of mails are followed, where an organization counts that and its readers know it."""

from django.db import models
from django.db.models.functions import Now

from mailings.models.mailing import Mailing
from signatures.models import Supporter


class MailLink(models.Model):
    """Where a counted link of a mailing leads. What a reader sends names it by its number alone."""

    mailing = models.ForeignKey(
        Mailing, on_delete=models.CASCADE, related_name="counted_links", db_index=False
    )
    number = models.BigIntegerField()
    url = models.URLField(max_length=2000)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailing", "number"], name="mail_link_once")]

    def __str__(self) -> str:
        return self.url


class Click(models.Model):
    """One person followed one link of a mailing: the first time, never changed."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="clicks")
    supporter = models.ForeignKey(
        Supporter, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    number = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # Supporter first: an erasure asks for them.
            models.UniqueConstraint(
                fields=["supporter", "mailing", "number"], name="click_once_a_link"
            )
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id}: {self.number}"
