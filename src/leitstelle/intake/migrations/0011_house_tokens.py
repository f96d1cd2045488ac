import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0010_dialling_and_availability"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mailoauth",
            name="mailbox",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="oauth",
                to="intake.mailbox",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailoauth",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("mailbox", 0), name="mail_oauth_once"
            ),
        ),
    ]
