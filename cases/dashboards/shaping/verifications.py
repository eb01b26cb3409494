"""How far verifications come."""

from __future__ import annotations

from cases.dashboards.counts import Funnel
from cases.dashboards.panels import Chart, Column, Panel, Row, Tone, Unit
from cases.dashboards.proportions import ratio_of


def funnel_panel(funnel: Funnel) -> Panel:
    """Return each step of the verifications begun, as a number and a share of those begun."""
    steps = (
        ("Begun", funnel.begun),
        ("Submitted", funnel.submitted),
        ("Approved by the machine", funnel.approved_by_machine),
        ("Seen by a person", funnel.seen_by_person),
        ("Approved in the end", funnel.approved),
        ("Declined in the end", funnel.declined),
    )
    return Panel(
        id="funnel",
        title="Verification funnel",
        note="Verifications begun in these days, and how far they have come by now. What is "
        "missing below is still on its way, or was sent back to the customer.",
        empty="No verification was begun in these days.",
        chart=Chart.STEPS,
        heading="Step",
        columns=(
            Column("count", "Verifications", tone=Tone.GOOD),
            Column("share", "Of those begun", Unit.SHARE, is_charted=False),
        ),
        rows=tuple(_row(label, count, funnel.begun) for label, count in steps),
    )


def _row(label: str, count: int, begun: int) -> Row:
    return Row(label, (count, ratio_of(count, begun)))
