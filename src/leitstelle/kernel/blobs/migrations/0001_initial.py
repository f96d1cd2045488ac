from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("size", models.BigIntegerField()),
                ("content_type", models.CharField(max_length=100)),
                ("key", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("stored_at", models.DateTimeField()),
            ],
        ),
    ]
