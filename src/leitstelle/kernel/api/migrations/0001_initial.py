from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("actor", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("fingerprint", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("locked_until", models.DateTimeField(null=True)),
                ("claim", models.CharField(blank=True, max_length=32)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("content_type", models.CharField(blank=True, default="", max_length=100)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(blank=True, default="")),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="api_idempotency_age")],
                "constraints": [models.UniqueConstraint(fields=("actor", "key"), name="api_idempotency_key")],
            },
        ),
    ]
