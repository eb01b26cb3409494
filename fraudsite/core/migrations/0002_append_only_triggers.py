"""Audit entries, seals and status changes are append-only; an entry may be given its seal once."""

from __future__ import annotations

from django.db import migrations

from fraudsite.core.append_only import append_only

CREATE_REFUSE = """
CREATE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""

CREATE_SEAL_ONCE = """
CREATE FUNCTION core_auditentry_seal_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seal_id IS NULL AND NEW.seal_id IS NOT NULL
       AND to_jsonb(OLD) - 'seal_id' = to_jsonb(NEW) - 'seal_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'core_auditentry is append-only: only its seal may be set, and once'
        USING ERRCODE = 'restrict_violation';
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_REFUSE, "DROP FUNCTION core_refuse_change()"),
        migrations.RunSQL(CREATE_SEAL_ONCE, "DROP FUNCTION core_auditentry_seal_once()"),
        migrations.RunSQL(
            "CREATE TRIGGER core_auditentry_seal_once BEFORE UPDATE ON core_auditentry "
            "FOR EACH ROW EXECUTE FUNCTION core_auditentry_seal_once()",
            "DROP TRIGGER core_auditentry_seal_once ON core_auditentry",
        ),
        append_only("core_auditentry", allows_update=True),
        append_only("core_auditseal"),
        append_only("core_statuschange"),
    ]
