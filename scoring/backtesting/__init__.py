"""How well models would have done on later weeks of a labelled history. Knows no Django."""

from __future__ import annotations
