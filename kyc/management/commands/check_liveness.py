"""Judge liveness videos against the challenge that was asked, as the workers do."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from kyc.vision.liveness.challenge import Challenge, parse_challenge
from kyc.vision.liveness.judge import LivenessReport, check_liveness_video
from kyc.vision.video import VideoRefused

SENTENCES = {
    "live": "a living person who did what was asked",
    "not_live": "not live: there are signs of fraud",
    "unclear": "cannot be told; the person should try again",
}
EXIT_LIVE, EXIT_NOT_LIVE, EXIT_UNUSABLE = 0, 1, 2


class Command(BaseCommand):
    """Needs no database. Exit code 0: every video is live, 1: one is not, 2: one is unusable."""

    help = (
        "Judge videos against the challenge that was asked while they were taken. "
        "Exit code 0 when all are live, 1 when one is not, 2 when a file cannot be used. "
        "Example: manage.py check_liveness selfie.webm --challenge turn_left,blink --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The videos, what was asked, the camera, and the form of the answer."""
        parser.add_argument("videos", type=Path, nargs="+", metavar="VIDEO")
        parser.add_argument(
            "--challenge",
            type=_challenge,
            required=True,
            help="actions in order: turn_left, turn_right (the person's own), look_up, blink, "
            "open_mouth, smile; each with its time in ms if it has one (turn_left@2600)",
        )
        parser.add_argument("--camera-label", default="", help="the camera's name in the browser")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge each video, and let the exit code speak for the worst of them."""
        codes = [self._judge(path, options) for path in options["videos"]]
        if max(codes) != EXIT_LIVE:
            sys.exit(max(codes))

    def _judge(self, path: Path, options: dict[str, Any]) -> int:
        try:
            report = check_liveness_video(
                path.read_bytes(), options["challenge"], camera_label=options["camera_label"]
            )
        except VideoRefused as refused:
            return self._unusable(path, refused.code, refused.sentence, as_json=options["json"])
        except OSError as error:
            reason = f"{error.strerror}."
            return self._unusable(path, "no_file", reason, as_json=options["json"])
        write = _as_json if options["json"] else _as_sentences
        self.stdout.write(write(path, options["challenge"], report))
        return EXIT_LIVE if report.outcome == "live" else EXIT_NOT_LIVE

    def _unusable(self, path: Path, code: str, sentence: str, *, as_json: bool) -> int:
        if as_json:
            answer = {"video": str(path), "outcome": "refused", "code": code, "message": sentence}
            self.stdout.write(json.dumps(answer))
        else:
            self.stderr.write(f"{path}: {sentence}")
        return EXIT_UNUSABLE


def _challenge(text: str) -> Challenge:
    try:
        return parse_challenge(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _as_sentences(path: Path, _: Challenge, report: LivenessReport) -> str:
    lines = [f"{path}: {SENTENCES[report.outcome]} ({report.duration_ms:.0f} ms)"]
    for action in report.actions:
        when = f"at {action.at_ms / 1000:.1f} s" if action.at_ms is not None else "not seen"
        lines.append(f"  {action.action:<12} {when} (reached {action.peak:.2f})")
    lines += [
        f"  {signal.code}: {signal.value:.3g} (limit {signal.limit:g}, {signal.kind})"
        for signal in report.signals
        if signal.is_raised
    ]
    return "\n".join(lines)


def _as_json(path: Path, challenge: Challenge, report: LivenessReport) -> str:
    return json.dumps(
        {
            "video": str(path),
            "challenge": str(challenge),
            "outcome": report.outcome,
            "actions": [
                {
                    "action": action.action,
                    "is_seen": action.is_seen,
                    "at_ms": None if action.at_ms is None else round(action.at_ms),
                    "peak": round(action.peak, 3),
                }
                for action in report.actions
            ],
            "signals": [
                {
                    "code": signal.code,
                    "kind": signal.kind,
                    "value": round(signal.value, 4),
                    "limit": signal.limit,
                    "is_raised": signal.is_raised,
                }
                for signal in report.signals
            ],
            "selfie_frame_index": report.selfie_frame_index,
            "frames_with_one_face": report.frames_with_one_face,
            "frames_total": report.frames_total,
            "engine": report.engine,
            "engine_version": report.engine_version,
            "duration_ms": round(report.duration_ms),
        }
    )
