"""Guides that were kept as TOML are written as YAML; what they say stays the same."""

import tomllib

import yaml
from django.db import migrations


def _in_yaml(source):
    """The same guide as YAML; a text that is no TOML (any more) stays as it is."""
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError:
        return None
    named = {"questions" if name == "question" else name: value for name, value in data.items()}
    return yaml.safe_dump(named, allow_unicode=True, sort_keys=False, width=100_000)


def write_yaml(apps, schema_editor):
    for model, column in (("Guide", "draft"), ("GuideVersion", "source")):
        rows = apps.get_model("knowledge", model).objects.order_by("pk")
        for pk, source in list(rows.values_list("pk", column)):
            text = _in_yaml(source)
            if text is not None:
                rows.filter(pk=pk).update(**{column: text})


class Migration(migrations.Migration):
    dependencies = [
        ("knowledge", "0001_guides"),
    ]

    operations = [
        migrations.RunPython(write_yaml, migrations.RunPython.noop, elidable=True),
    ]
