"""Typed structures in the description of the API: `extend_schema(request=SomeStruct, …)` works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent

REFERENCE = "#/components/schemas/{name}"


def struct_schema(structure: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI 3.1 schemas of a structure and of those inside it, by name.

    Ranges, lengths, patterns, descriptions and examples come from the `msgspec.Meta` of the fields.

    Examples
    --------
    >>> class Coin(msgspec.Struct):
    ...     amount_minor: int
    >>> struct_schema(Coin)["Coin"]["properties"]
    {'amount_minor': {'type': 'integer'}}
    """
    _, components = msgspec.json.schema_components([structure], ref_template=REFERENCE)
    return components


def structures_in(structure: type[msgspec.Struct]) -> set[type[msgspec.Struct]]:
    """Return a structure and every structure inside it."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[Any] = [msgspec.inspect.type_info(structure)]
    while waiting:
        info = waiting.pop()
        if isinstance(info, msgspec.inspect.StructType):
            if info.cls in found:
                continue
            found.add(info.cls)
        waiting += _inner_types(info)
    return found


def _inner_types(info: Any) -> Iterator[Any]:
    """Yield the types that a type's description holds."""
    for name in getattr(info, "__struct_fields__", ()):
        value = getattr(info, name)
        for member in value if isinstance(value, tuple) else (value,):
            if isinstance(member, msgspec.inspect.Type | msgspec.inspect.Field):
                yield member


class StructExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Tells drf-spectacular about structures, under the names of their classes."""

    target_class = "msgspec.Struct"
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:  # noqa: ARG002
        """Return the component's name."""
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:  # noqa: ARG002
        """Return the structure's schema, and register those inside it."""
        schemas = struct_schema(self.target)
        for inner in structures_in(self.target) - {self.target}:
            auto_schema.registry.register_on_missing(
                ResolvedComponent(  # type: ignore[no-untyped-call]
                    name=inner.__name__,
                    type=ResolvedComponent.SCHEMA,
                    object=inner,
                    schema=schemas[inner.__name__],
                )
            )
        return schemas[self.target.__name__]
