"""Rows of uploaded files carry what their users are found by; those that wait to be created get it now."""

from django.db import migrations, models

from partnercenter.folding import fold

BATCH = 5_000
LONGEST_KEY = 100

NEXT = """
    SELECT id, display_name, first_name, last_name, lower(email) FROM customers_userimportrow
    WHERE outcome = 'waiting' AND id > %s ORDER BY id LIMIT %s
"""
FILL = """
    UPDATE customers_userimportrow AS waiting SET name_key = made.name_key, search_text = made.search_text
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS made (id, name_key, search_text)
    WHERE waiting.id = made.id
"""


def fill(apps, schema_editor):
    """Make the columns from the names, some thousand rows at a time."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT, [last, BATCH])
            rows = cursor.fetchall()
            if not rows:
                return
            keys = [[fold(name)[:LONGEST_KEY] for name in names] for _id, *names, _address in rows]
            texts = ["\n".join([*key, row[-1]]) for key, row in zip(keys, rows, strict=True)]
            last = rows[-1][0]
            cursor.execute(FILL, [[row[0] for row in rows], [key[0] for key in keys], texts])


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0004_room"),
    ]

    operations = [
        migrations.AddField(
            model_name="userimportrow",
            name="name_key",
            field=models.TextField(db_collation="C", default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="userimportrow",
            name="search_text",
            field=models.TextField(db_collation="C", default=""),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
