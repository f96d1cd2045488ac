"""Words of files that are mails themselves: read beside the message and found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_guide_runs")]

    operations = [
        migrations.AddField("attachment", "words", models.TextField(blank=True, default="")),
    ]
