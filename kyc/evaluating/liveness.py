"""How many attacks are taken for people, and people for attacks (ISO/IEC 30107-3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import numpy as np

from kyc.evaluating.liveness_cases import (
    LIVE,
    LivenessCase,
    active_refuses,
    either_refuses,
    passive_refuses,
    picture_case,
    rates_of,
    video_case,
)
from kyc.evaluating.liveness_crew import cast_of, judge_all_renders
from kyc.evaluating.liveness_material import Segment, Still, read_segments, read_stills
from kyc.evaluating.liveness_renders import HARDER
from kyc.evaluating.rates import Rate
from kyc.evaluating.report import MaterialRefused, Order, PartReport, Progress
from kyc.vision.images import ImageRefused, read_image
from kyc.vision.liveness.challenge import parse_challenge
from kyc.vision.liveness.engines import LivenessEngines, available_engines
from kyc.vision.liveness.judge import check_liveness
from kyc.vision.liveness.passive import SpoofModel, judge_passive
from kyc.vision.video import Frame, VideoRefused

# What a clip is judged by that followed no challenge; whether it was "done" is not asked.
_STAND_IN = parse_challenge("turn_left,blink")
# Single frames judged of a clip, evenly spread.
_MAX_FRAMES = 60


def evaluate(order: Order, progress: Progress) -> PartReport:
    """Measure on filmed material, on single frames of it, and on renders if asked for.

    Parameters
    ----------
    order : Order
        `folder` holds ``videos/`` or ``spoof/``; either may be missing.
    progress : callable

    Returns
    -------
    PartReport
        On the real captures of the folder: the two checks together (`bpcer`, `apcer`,
        `worst_apcer`, `n`, `median_ms`), and each alone under `active` (videos) and `passive`
        (single frames). Renders stand apart under `simulated`. A video that followed no challenge
        and shows no sign of fraud would be refused for want of one: it counts as an attack that
        was not detected, and is counted in `refused_for_lack_of_challenge`.

    Raises
    ------
    MaterialRefused
        When there is nothing to measure on, or a truth file is odd.
    """
    segments, stills = _material(order)
    engines = available_engines()
    filmed, frames = _judge_material(segments, stills, engines, progress)
    rendered = judge_all_renders(order, engines, progress)
    figures = {
        **rates_of(filmed, either_refuses),
        "active": _active_figures(filmed),
        "passive": _passive_figures(frames, engines),
        "unreadable": sum(bool(one.error) for one in filmed),
        **({"simulated": _simulated_figures(rendered, order)} if rendered else {}),
    }
    rows = [
        *(_row(one, "real") for one in filmed),
        *(_row(one, "real frame") for one in frames),
        *(_row(one, "simulated") for one in rendered),
    ]
    return PartReport(figures=figures, rows=rows, table=_table(figures))


def _material(order: Order) -> tuple[list[Segment], list[Still]]:
    videos, spoof = order.subfolder("videos"), order.subfolder("spoof")
    if not (videos.is_dir() or spoof.is_dir() or order.simulated):
        raise MaterialRefused(
            f"{order.folder} holds neither a folder videos nor a folder spoof to measure on."
        )
    segments = read_segments(videos) if videos.is_dir() else []
    stills = read_stills(spoof) if spoof.is_dir() else []
    return segments, stills


def _judge_material(
    segments: Sequence[Segment],
    stills: Sequence[Still],
    engines: LivenessEngines,
    progress: Progress,
) -> tuple[list[LivenessCase], list[LivenessCase]]:
    """Each presentation as a whole, and single frames of each."""
    filmed: list[LivenessCase] = []
    single: list[LivenessCase] = []
    for done, segment in enumerate(segments):
        progress(segment.name, done, len(segments) + len(stills))
        case, frames = _judge_segment(segment, engines)
        filmed.append(case)
        single += _judge_frames(case, frames, engines.spoof)
    for done, still in enumerate(stills, start=len(segments)):
        progress(still.path.name, done, len(segments) + len(stills))
        case = _judge_still(still, engines.spoof)
        filmed.append(case)
        single.append(case)
    return filmed, single


def _judge_segment(
    segment: Segment, engines: LivenessEngines
) -> tuple[LivenessCase, Sequence[Frame]]:
    try:
        frames = segment.frames()
    except VideoRefused as refused:
        return _broken(segment, refused.code), ()
    except OSError:
        return _broken(segment, "no_file"), ()
    if not frames:
        return _broken(segment, "no_such_frames"), ()
    report = check_liveness(frames, segment.challenge or _STAND_IN, engines=engines)
    asked = str(segment.challenge or "")
    case = video_case(segment.name, segment.species, asked, report, frames[-1].at_ms)
    return case, frames


def _broken(segment: Segment, reason: str) -> LivenessCase:
    return LivenessCase(segment.name, "video", segment.species, error=reason)


def _judge_frames(
    case: LivenessCase, frames: Sequence[Frame], model: SpoofModel | None
) -> list[LivenessCase]:
    # Two people in a picture are no attack that single frames could show.
    if model is None or not frames or case.species == "two_faces":
        return []
    places = np.linspace(0, len(frames) - 1, min(_MAX_FRAMES, len(frames))).round().astype(int)
    return [
        picture_case(
            f"{case.name} frame {frames[place].index}",
            case.species,
            judge_passive([frames[place].pixels], model),
        )
        for place in places.tolist()
    ]


def _judge_still(still: Still, model: SpoofModel | None) -> LivenessCase:
    name = still.path.name
    try:
        pixels = read_image(still.path.read_bytes()).pixels
    except ImageRefused as refused:
        return LivenessCase(name, "picture", still.species, error=refused.code)
    except OSError:
        return LivenessCase(name, "picture", still.species, error="no_file")
    return picture_case(name, still.species, judge_passive([pixels], model))


def _active_figures(filmed: Sequence[LivenessCase]) -> dict[str, Any]:
    attacks = [one for one in filmed if not one.is_live and not one.error]
    return {
        **rates_of(filmed, active_refuses),
        "refused_for_lack_of_challenge": {
            species: sum(one.lacks_challenge_only for one in attacks if one.species == species)
            for species in dict.fromkeys(one.species for one in attacks if one.kind == "video")
        },
    }


def _passive_figures(frames: Sequence[LivenessCase], engines: LivenessEngines) -> dict[str, Any]:
    state = "skipped" if engines.spoof is None else "available"
    reason = "no_weights" if engines.spoof is None else ""
    return {"state": state, "reason": reason, **rates_of(frames, passive_refuses)}


def _simulated_figures(rendered: Sequence[LivenessCase], order: Order) -> dict[str, Any]:
    pace = [one.duration_ms / one.length_ms for one in rendered if one.length_ms]
    published = [one for one in rendered if one.species not in HARDER]
    harder = [one for one in rendered if one.species in HARDER]
    return {
        "seed": order.seed,
        "people": len(cast_of(order)),
        **rates_of(published, active_refuses),
        "harder": rates_of(harder, active_refuses),
        "bpcer_by_condition": _by_condition(rendered),
        "ms_per_10_s_of_video": round(10_000 * median(pace)) if pace else None,
    }


def _by_condition(rendered: Sequence[LivenessCase]) -> dict[str, Any]:
    people = [one for one in rendered if one.is_live]
    return {
        condition: rates_of([one for one in people if one.condition == condition], active_refuses)[
            "bpcer"
        ]
        for condition in dict.fromkeys(one.condition for one in people)
    }


def _row(case: LivenessCase, source: str) -> dict[str, Any]:
    return {"source": source, **case.row()}


def _table(figures: Mapping[str, Any]) -> list[tuple[str, str]]:
    table = _lines("real, both checks", figures)
    table += _lines("real, active (videos)", figures["active"])
    lacking = figures["active"]["refused_for_lack_of_challenge"]
    table += [
        (f"real, active: {species} refused only for lack of a challenge", str(count))
        for species, count in lacking.items()
    ]
    passive = figures["passive"]
    if passive["state"] == "skipped":
        table.append(("real, passive", f"skipped ({passive['reason']}): not a pass"))
    else:
        table += _lines("real, passive (frames)", passive)
    if "simulated" in figures:
        table += _lines("simulated, active", figures["simulated"])
        table += _lines("simulated, harder", figures["simulated"]["harder"])[1:]
        per_10_s = figures["simulated"]["ms_per_10_s_of_video"]
        table.append(("simulated: time for 10 s of video", f"{per_10_s} ms"))
    return table


def _lines(name: str, rates: Mapping[str, Any]) -> list[tuple[str, str]]:
    count, errors = rates["n"], rates["errors"]
    return [
        (
            f"{name}: people refused (BPCER)",
            Rate(errors.get(LIVE, 0), count.get(LIVE, 0)).words,
        ),
        *(
            (f"{name}: {species} accepted (APCER)", Rate(errors[species], count[species]).words)
            for species in rates["apcer"]
        ),
        (f"{name}: median time", f"{rates['median_ms']} ms"),
    ]
