"""Which database the evidence folder belongs to: a file in it carries the database's name.

Without it, a DATABASE_URL that points at another or an empty database would make every file of
evidence look like one that no row names.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings

from fraudsite.core.models import Installation
from fraudsite.core.services.durable_write import write_durably

MARKER = ".installation"
FILE_PATTERNS = ("??/??/*.bin", "??/??/*.part")


def folder_has_files(root: Path) -> bool:
    """Whether any evidence, or half of it, lies in the folder."""
    return any(path for pattern in FILE_PATTERNS for path in root.glob(pattern))


def folder_claim() -> None:
    """Mark a folder without evidence as this database's; leave every other one as it is.

    Raises `StorageFull` or `StorageFailed`.
    """
    root = Path(settings.EVIDENCE_ROOT)
    if not (root / MARKER).exists() and not folder_has_files(root):
        folder_adopt()


def folder_adopt() -> None:
    """Mark the folder as this database's, whatever it holds."""
    root = Path(settings.EVIDENCE_ROOT)
    # A name of its own: two processes that store the first file write the same, each whole.
    draft = root / f"{MARKER}-{uuid.uuid4()}"
    write_durably(draft, f"{Installation.objects.current().id}\n".encode())
    draft.replace(root / MARKER)


def folder_refusal() -> str:
    """Say why the folder cannot be taken for this database's; empty when it is."""
    root = Path(settings.EVIDENCE_ROOT)
    try:
        owner = (root / MARKER).read_text(errors="replace").strip()
    except FileNotFoundError:
        if not folder_has_files(root):
            return ""
        return f"{root} holds evidence but does not say of which database ({MARKER} is missing)."
    if owner == str(Installation.objects.current().id):
        return ""
    return f"{root} belongs to another database than DATABASE_URL names."
