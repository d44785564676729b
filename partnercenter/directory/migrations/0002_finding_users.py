"""What users are found by gets columns and indexes of its own; those who are there already get it as well."""

from django.db import migrations, models

from partnercenter.folding import fold

BATCH = 5_000
LONGEST_KEY = 100

NEXT = """
    SELECT id, display_name, first_name, last_name, principal_name FROM directory_user
    WHERE id > %s ORDER BY id LIMIT %s
"""
FILL = """
    UPDATE directory_user AS person SET name_key = made.name_key, search_text = made.search_text
    FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS made (id, name_key, search_text)
    WHERE person.id = made.id
"""


def fill(apps, schema_editor):
    """Make the columns from the names, some thousand users at a time."""
    last = "00000000-0000-0000-0000-000000000000"
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(NEXT, [last, BATCH])
            people = cursor.fetchall()
            if not people:
                return
            keys = [[fold(name)[:LONGEST_KEY] for name in names] for _id, *names, _address in people]
            texts = ["\n".join([*key, person[-1]]) for key, person in zip(keys, people, strict=True)]
            last = people[-1][0]
            cursor.execute(FILL, [[str(person[0]) for person in people], [key[0] for key in keys], texts])


def index(name, fields, condition, **options):
    return migrations.AddIndex("user", models.Index(fields=fields, condition=condition, name=name, **options))


PRESENT = models.Q(("deleted_at", None))
DELETED = models.Q(("deleted_at__isnull", False))
FOUND = {"include": ("search_text",)}


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("directory", "0001_initial"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="user", name="users_of_a_tenant_by_name"),
        migrations.AddField(
            model_name="user",
            name="name_key",
            field=models.TextField(db_collation="C", default="", editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="user",
            name="search_text",
            field=models.TextField(db_collation="C", default="", editable=False),
            preserve_default=False,
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        index("users_by_name", ["tenant", "name_key", "id"], PRESENT, **FOUND),
        index("users_by_user_name", ["tenant", "principal_name", "id"], PRESENT, **FOUND),
        index("users_by_date", ["tenant", "created_at", "id"], PRESENT, **FOUND),
        index("deleted_users_by_name", ["tenant", "name_key", "id"], DELETED, **FOUND),
        index("admins_by_name", ["tenant", "role", "name_key", "id"], PRESENT & ~models.Q(("role", "user"))),
        index("users_by_deletion", ["deleted_at"], DELETED),
    ]
