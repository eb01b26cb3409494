"""Events of a case are never changed; of a decision only how it ended is."""

from __future__ import annotations

from django.db import migrations

from fraudsite.core.append_only import append_only

CREATE_END_ONLY = """
CREATE FUNCTION cases_casedecision_end_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ends text[] := ARRAY['status', 'approved_by_id', 'failure_code', 'failure_sentence',
                         'takes_effect_at', 'ended_at'];
BEGIN
    IF to_jsonb(OLD) - ends = to_jsonb(NEW) - ends AND OLD.ended_at IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'cases_casedecision keeps what was decided: UPDATE refused'
        USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("core", "0002_append_only_triggers")]

    operations = [
        migrations.RunSQL(CREATE_END_ONLY, "DROP FUNCTION cases_casedecision_end_only()"),
        migrations.RunSQL(
            "CREATE TRIGGER cases_casedecision_end_only BEFORE UPDATE ON cases_casedecision "
            "FOR EACH ROW EXECUTE FUNCTION cases_casedecision_end_only()",
            "DROP TRIGGER cases_casedecision_end_only ON cases_casedecision",
        ),
        append_only("cases_casedecision", allows_update=True),
        append_only("cases_caseevent"),
        append_only("cases_note"),
    ]
