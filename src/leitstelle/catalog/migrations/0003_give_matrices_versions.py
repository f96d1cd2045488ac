"""What was the matrix becomes its first version."""

from datetime import UTC, datetime

from django.db import migrations

# Matrices from before counted since ever.
SINCE_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def give_versions(apps, schema_editor):
    cells = apps.get_model("catalog", "PriorityCell")
    versions = apps.get_model("catalog", "PriorityMatrixVersion")
    for organisation_id in set(cells.objects.values_list("organisation_id", flat=True)):
        version = versions.objects.create(organisation_id=organisation_id, number=1, valid_from=SINCE_EVER)
        cells.objects.filter(organisation_id=organisation_id).update(version=version)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_matrix_versions")]

    operations = [migrations.RunPython(give_versions, elidable=True)]
