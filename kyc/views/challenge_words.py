"""The movements of a liveness challenge in words for the person before the camera."""

from __future__ import annotations

ACTION_WORDS: dict[str, dict[str, str]] = {
    "turn_left": {
        "label": "Turn left",
        "instruction": "Slowly turn your head to your left, then look at the camera again",
    },
    "turn_right": {
        "label": "Turn right",
        "instruction": "Slowly turn your head to your right, then look at the camera again",
    },
    "look_up": {
        "label": "Look up",
        "instruction": "Slowly tilt your head back, then look at the camera again",
    },
    "blink": {"label": "Blink", "instruction": "Close both eyes for a moment, then open them"},
    "open_mouth": {
        "label": "Open mouth",
        "instruction": "Open your mouth wide, then close it",
    },
    "smile": {
        "label": "Smile",
        "instruction": "Smile broadly, then relax",
    },
}
