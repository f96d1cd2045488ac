from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("calendars", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicecalendar",
            name="is_active",
            field=models.BooleanField(default=True),
        ),
    ]
