"""The form in which a draft is written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms

from scoring.choices import RuleEffect
from scoring.models import RuleVersion
from scoring.rule_names import rule_schema
from scoring.rules import NameSpec
from scoring.services.rule_texts import RuleText


class RuleForm(forms.Form):
    """What a version says. The service checks it; its refusals come back as errors of a field."""

    rule_id = forms.SlugField(
        label="Id",
        max_length=40,
        help_text="Stands in answers and decisions, and never changes: large-night-transfer",
    )
    title = forms.CharField(max_length=100, help_text="For staff")
    expression = forms.CharField(
        max_length=2000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text="One condition, such as: amount > 1000 and is_device_new",
    )
    effect = forms.ChoiceField(label="A hit leads to", choices=RuleEffect)
    sentence = forms.CharField(
        max_length=200, help_text="The reason a hit gives, in plain words, without personal data"
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_fixed_id: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_fixed_id:
            del self.fields["rule_id"]

    def text(self) -> RuleText:
        """Return what was written."""
        data = self.cleaned_data
        return RuleText(data["expression"], data["effect"], data["sentence"])


@dataclass(frozen=True, slots=True)
class ShownName:
    """One name as it is explained; `words` is all that a text can be."""

    name: str
    description: str
    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class NameGroup:
    """Names of one type, for the list beside the editor."""

    label: str
    names: tuple[ShownName, ...]


def initial_of(version: RuleVersion | None) -> dict[str, str]:
    """Return what the form begins with: the words of the version before."""
    if version is None:
        return {}
    return {
        "title": version.rule.title,
        "expression": version.expression,
        "effect": version.effect,
        "sentence": version.sentence,
    }


def name_groups() -> list[NameGroup]:
    """Return every name a rule may use, by type and then by name."""
    specs = sorted(rule_schema().specs.values(), key=lambda spec: (spec.type, spec.name))
    return [
        NameGroup(f"{kind}s".capitalize(), tuple(map(_shown, group)))
        for kind, group in groupby(specs, key=lambda spec: spec.type)
    ]


def _shown(spec: NameSpec) -> ShownName:
    return ShownName(spec.name, spec.description, spec.unit, ", ".join(sorted(spec.words)))
