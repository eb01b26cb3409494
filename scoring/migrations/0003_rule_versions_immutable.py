"""What a rule's version says can change while it is a draft, and never again.

Decisions name the versions that hit; each name has to mean the same rule for ever. The database
refuses it, so that no console and no later code can.
"""

from __future__ import annotations

from django.db import migrations

CREATE_REFUSE = """
CREATE FUNCTION scoring_ruleversion_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.status <> 'draft'
       AND (OLD.rule_id, OLD.number, OLD.expression, OLD.effect, OLD.sentence, OLD.created_by_id)
           IS NOT DISTINCT FROM
           (NEW.rule_id, NEW.number, NEW.expression, NEW.effect, NEW.sentence, NEW.created_by_id)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a version of a rule is fixed once it is no draft: % refused', TG_OP
        USING ERRCODE = 'restrict_violation';
END $$
"""
CREATE_TRIGGER = """
CREATE TRIGGER scoring_ruleversion_immutable BEFORE UPDATE OR DELETE ON scoring_ruleversion
FOR EACH ROW WHEN (OLD.status <> 'draft') EXECUTE FUNCTION scoring_ruleversion_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0002_append_only_decisions")]

    operations = [
        migrations.RunSQL(CREATE_REFUSE, "DROP FUNCTION scoring_ruleversion_refuse_change()"),
        migrations.RunSQL(
            CREATE_TRIGGER,
            "DROP TRIGGER scoring_ruleversion_immutable ON scoring_ruleversion",
        ),
    ]
