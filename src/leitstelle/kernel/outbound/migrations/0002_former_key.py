"""The key before the one that counts, while both sides change to the new one."""

import leitstelle.kernel.secrets.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbound", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="former_key",
            field=leitstelle.kernel.secrets.fields.EncryptedField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="endpoint",
            name="former_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
