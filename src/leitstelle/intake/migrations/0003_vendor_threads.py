"""Which known Message-IDs belong to a vendor's private thread."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_calls"),
        ("tickets", "0007_vendor_cases"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailreference",
            name="vendor_case",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="tickets.vendorcase",
            ),
        ),
        migrations.AddIndex(
            model_name="mailreference",
            index=models.Index(
                condition=models.Q(("vendor_case__isnull", False)),
                fields=["vendor_case"],
                name="mail_reference_vendor",
            ),
        ),
    ]
