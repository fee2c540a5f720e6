"""Keys of feedback are drawn by lot: counted ones told in which order the answers came."""

from django.db import migrations, models

import tutorials.models.visiting


def draw_keys(apps, schema_editor):
    """Give each answer that is there another key; nothing refers to them."""
    rows = apps.get_model("tutorials", "Feedback")._default_manager.all()
    for pk in list(rows.order_by().values_list("pk", flat=True)):
        rows.filter(pk=pk).update(id=tutorials.models.visiting.drawn_key())


class Migration(migrations.Migration):
    # A table is not altered in the transaction that changed its rows.
    atomic = False

    dependencies = [("tutorials", "0004_public_programme")]

    operations = [
        migrations.AlterField(
            model_name="feedback",
            name="id",
            field=models.BigIntegerField(
                default=tutorials.models.visiting.drawn_key,
                editable=False,
                primary_key=True,
                serialize=False,
            ),
        ),
        migrations.RunPython(draw_keys, migrations.RunPython.noop, elidable=True),
    ]
