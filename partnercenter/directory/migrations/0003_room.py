"""Room in the pages of users: a row that gets a password stays in its page, and no index has to hear of it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("directory", "0002_finding_users"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE directory_user SET (fillfactor = 60)", "ALTER TABLE directory_user RESET (fillfactor)"
        ),
    ]
