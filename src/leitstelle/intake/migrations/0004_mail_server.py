"""The name under which a mailbox's own mail server writes Authentication-Results."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_vendor_threads"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailbox",
            name="mail_server",
            field=models.CharField(blank=True, max_length=253),
        ),
    ]
