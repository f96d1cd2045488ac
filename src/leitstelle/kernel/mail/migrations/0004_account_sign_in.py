from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outbox", "0003_restore_mark"),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingaccount",
            name="auth",
            field=models.CharField(default="password", max_length=8),
        ),
    ]
