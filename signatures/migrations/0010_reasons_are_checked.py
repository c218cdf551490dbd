from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("signatures", "0009_mail_comes_back")]

    # Apart from the change itself: this reads the table beside a running site.
    operations = [ValidateConstraint("suppression", "suppression_reason_known")]
