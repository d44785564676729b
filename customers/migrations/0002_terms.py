from django.db import migrations

# The terms that a customer is found by. Each begins with the partner (as much of its ID as tells it from others, or nearly)
# and the place of the name in the alphabet, a letter for each place. Words: all runs of three letters of the name (n), the domains (d) and the Microsoft ID (i); two blanks
# behind each field make its last letters the beginning of a term as well. The end that all domains share says nothing.
# Replacing every three letters at once, from the first, second and third letter on, takes a third of a loop's time.
CUSTOMER_WORDS = r"""
CREATE FUNCTION customer_words(partner uuid, place integer, search_text text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    prefix text := left(partner::text, 8) || chr(192 + place);
    lines text[] := string_to_array(translate(search_text, E'\x01', ' '), E'\n');
    last integer := cardinality(lines);
    line text;
    mark text;
    terms text := prefix;
BEGIN
    FOR number IN 1 .. last LOOP
        line := lines[number];
        IF number > 1 AND number < last THEN
            line := regexp_replace(line, '\.onmicrosoft\.(com|us|de)$', '');
        END IF;
        line := line || '  ';
        mark := E'\x01' || prefix || CASE number WHEN 1 THEN 'n' WHEN last THEN 'i' ELSE 'd' END || '\&';
        FOR start IN 1 .. 3 LOOP
            terms := terms || regexp_replace(substr(line, start, (length(line) - start + 1) / 3 * 3), '...', mark, 'g');
        END LOOP;
    END LOOP;
    RETURN array_to_tsvector(string_to_array(terms, E'\x01'));
END $$
"""

# Marks: t and the tag, k and the kind of relationship, r and the reseller, y and the year, m and the month of the
# beginning in UTC; and the beginning alone, which every customer has.
CUSTOMER_MARKS = r"""
CREATE FUNCTION customer_marks(
    partner uuid, place integer, tags bigint[], relationships text[], reseller uuid, begun_at timestamptz
) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    prefix text := left(partner::text, 8) || chr(192 + place);
    begun timestamp := greatest(begun_at AT TIME ZONE 'UTC', timestamp '2000-01-01');
    terms text := prefix
        || E'\x01' || prefix || 'y' || extract(year FROM begun)
        || E'\x01' || prefix || 'm' || extract(year FROM begun) * 100 + extract(month FROM begun);
    mark text;
BEGIN
    mark := E'\x01' || prefix || 'k';
    terms := terms || mark || array_to_string(relationships, mark);
    IF cardinality(tags) > 0 THEN
        mark := E'\x01' || prefix || 't';
        terms := terms || mark || array_to_string(tags, mark);
    END IF;
    IF reseller IS NOT NULL THEN
        terms := terms || E'\x01' || prefix || 'r' || left(reseller::text, 8);
    END IF;
    RETURN array_to_tsvector(string_to_array(terms, E'\x01'));
END $$
"""


class Migration(migrations.Migration):

    dependencies = [
        ("customers", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(CUSTOMER_WORDS, "DROP FUNCTION customer_words"),
        migrations.RunSQL(CUSTOMER_MARKS, "DROP FUNCTION customer_marks"),
    ]
