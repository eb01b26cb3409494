"""The trail: who did what, and what moved."""

from __future__ import annotations

from django.contrib import admin

from fraudsite.core.admin.read_only import ReadOnlyAdmin
from fraudsite.core.admin.trail import TrailAdmin
from fraudsite.core.models import AuditEntry, AuditSeal, StatusChange


@admin.register(AuditEntry)
class AuditEntryAdmin(TrailAdmin):
    """Audit entries, newest first; found by the id of what or who they are about."""

    list_display = ("occurred_at", "action", "target_type", "target_id", "actor_label", "is_sealed")
    list_filter = ("actor_kind",)
    # Exact, because these columns are indexed that way and a trail grows long.
    search_fields = ("target_id__exact", "actor_id__exact", "request_id__exact")
    ordering = ("-id",)

    @admin.display(boolean=True, description="Sealed")
    def is_sealed(self, entry: AuditEntry) -> bool:
        """Whether the entry is part of the chain yet."""
        return entry.seal_id is not None


@admin.register(AuditSeal)
class AuditSealAdmin(ReadOnlyAdmin):
    """The links of the chain; `manage.py verify_audit_chain` checks them."""

    list_display = ("number", "sealed_at", "entries_count", "head")
    fields = ("number", "sealed_at", "entries_count", "head")
    ordering = ("-number",)

    @admin.display(description="Head hash")
    def head(self, seal: AuditSeal) -> str:
        """Return the hash in hexadecimal."""
        return bytes(seal.head_hash).hex()


@admin.register(StatusChange)
class StatusChangeAdmin(TrailAdmin):
    """Every move of everything that has a status."""

    list_display = (
        "occurred_at", "target_type", "target_id", "from_status", "to_status", "reason_code",
        "actor_label",
    )  # fmt: skip
    list_filter = ("target_type",)
    search_fields = ("target_id__exact", "request_id__exact")
    ordering = ("-id",)
