"""The secret before the one that counts, while the other program changes to the new one."""

import leitstelle.kernel.secrets.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("automation", "0002_outgoing"),
    ]

    operations = [
        migrations.AddField(
            model_name="inboundhook",
            name="former_secret",
            field=leitstelle.kernel.secrets.fields.EncryptedField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="inboundhook",
            name="former_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
