from django.db import models

from signatures.models.supporter import Supporter


class BlockedPerson(models.Model):
    """A supporter whose address a suppression blocks, kept by triggers of the database.

    Suppressions name addresses by their hash alone. To join ten million people with those takes
    seconds; audiences are counted with this instead. What decides before each mail is the
    suppression itself.
    """

    supporter = models.OneToOneField(
        Supporter, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    class Meta:
        verbose_name = "blocked person"
        verbose_name_plural = "blocked people"

    def __str__(self) -> str:
        return str(self.pk)
