"""Where the description of the API is served: as a file, and as a page to try it on."""

from __future__ import annotations

from functools import cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class ApiSchemaView(APIView):
    """Serves the description as YAML or JSON, to anybody: it is the same in every installation."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (OpenApiYamlRenderer2, OpenApiJsonRenderer2)
    schema = None

    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Return the description."""
        return Response(public_schema())


@cache
def public_schema() -> dict[str, Any]:
    """Return the description of the whole API; it takes a moment, and once a process is enough."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return schema


# Swagger UI sets styles inline; its scripts come from here, and none of them stands in the page.
DOCS_CSP = {"style-src": [SELF, UNSAFE_INLINE]}
api_docs = csp_update(DOCS_CSP)(SpectacularSwaggerSplitView.as_view(url_name="api_schema"))
