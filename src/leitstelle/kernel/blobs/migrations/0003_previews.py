"""Small pictures of images."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blobs", "0002_scanned"),
    ]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="preview",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
            ),
        ),
        migrations.AddField(
            model_name="blob",
            name="preview_state",
            field=models.CharField(blank=True, default="", max_length=8),
        ),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(
                condition=models.Q(
                    ("content_type__in", ["image/gif", "image/jpeg", "image/png", "image/webp"]),
                    ("preview_state", ""),
                ),
                fields=["-id"],
                name="blob_not_drawn",
            ),
        ),
    ]
