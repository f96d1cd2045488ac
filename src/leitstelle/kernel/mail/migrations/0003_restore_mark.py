from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_outgoing_account")]

    operations = [
        migrations.CreateModel(
            name="RestoreMark",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("event_id", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
        )
    ]
