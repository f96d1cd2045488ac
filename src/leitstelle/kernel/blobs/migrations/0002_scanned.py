"""What the virus scanner says of a content."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blobs", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="scan_detail",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddField(
            model_name="blob",
            name="scan_state",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddField(
            model_name="blob",
            name="scanned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(
                condition=models.Q(("scan_state", "")), fields=["-id"], name="blob_not_scanned"
            ),
        ),
    ]
