"""Agreements for one service."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_mail_signature"),
        ("catalog", "0005_services"),
        ("contracts", "0002_customer_contracts"),
        ("sla", "0008_agreements_for_contracts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="agreement",
            name="agreement_once_per_scope",
        ),
        migrations.AddField(
            model_name="agreement",
            name="service",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="catalog.service",
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("organisation", 0),
                django.db.models.functions.comparison.Coalesce("contract", 0),
                django.db.models.functions.comparison.Coalesce("category", 0),
                django.db.models.functions.comparison.Coalesce("service", 0),
                models.F("kind"),
                django.db.models.functions.comparison.Coalesce("priority", 0),
                condition=models.Q(("is_active", True)),
                name="agreement_once_per_scope",
            ),
        ),
    ]
