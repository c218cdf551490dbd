from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signatures", "0026_letters_to_the_rejected")]

    # Apart from the change itself: this reads a table of millions beside a running site.
    operations = [ValidateConstraint("letter", "letter_kind_known")]
