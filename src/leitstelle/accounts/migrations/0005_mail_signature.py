"""What stands below a person's own mails."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_rights_of_levels"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="signature",
            field=models.TextField(blank=True, default=""),
        ),
    ]
