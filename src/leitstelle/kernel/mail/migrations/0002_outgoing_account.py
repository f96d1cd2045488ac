from django.db import migrations, models

import leitstelle.kernel.secrets.fields


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutgoingAccount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=253)),
                ("port", models.PositiveIntegerField(default=587)),
                ("security", models.CharField(default="starttls", max_length=8)),
                ("username", models.CharField(blank=True, max_length=254)),
                ("password", leitstelle.kernel.secrets.fields.EncryptedField(blank=True, default="")),
                ("verify_certificate", models.BooleanField(default=True)),
                ("address", models.CharField(blank=True, max_length=254)),
                ("version", models.PositiveIntegerField(default=1)),
            ],
        ),
    ]
