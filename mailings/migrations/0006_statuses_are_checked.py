from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mailings", "0005_mail_comes_back")]

    # Apart from the change itself: this reads a table of millions beside a running site.
    operations = [ValidateConstraint("recipient", "recipient_status_known")]
