import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

# What an interrupted run left half built is built anew.
LEFTOVERS = [
    f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    for name in (
        "signature_uncounted",
        "signature_pending_since",
        "signature_by_time",
        "signature_by_network",
        "signature_by_sharer",
        "signature_by_name",
    )
]


class Migration(migrations.Migration):
    # Built beside the running site: no signer waits for an index over ten million rows.
    atomic = False

    dependencies = [("signatures", "0004_signing_whole")]

    operations = [
        migrations.RunSQL(LEFTOVERS, migrations.RunSQL.noop),
        ValidateConstraint(model_name="letter", name="letter_kind_known"),
        ValidateConstraint(model_name="signature", name="signature_state_known"),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "counted"), _negated=True),
                fields=["campaign", "state", "-id"],
                name="signature_uncounted",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("state", "pending")),
                fields=["created_at"],
                name="signature_pending_since",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=django.contrib.postgres.indexes.BrinIndex(
                fields=["created_at"], name="signature_by_time"
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("network__isnull", False)),
                fields=["network", "created_at"],
                name="signature_by_network",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                condition=models.Q(("sharer__isnull", False)),
                fields=["sharer"],
                name="signature_by_sharer",
            ),
        ),
        AddIndexConcurrently(
            model_name="signature",
            index=models.Index(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("name"), name="text_pattern_ops"
                ),
                name="signature_by_name",
            ),
        ),
    ]
