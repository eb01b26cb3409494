from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from fraudsite.core.api.schema_views import public_schema
from tests.core.api_views import api_urlpatterns

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    described = SchemaGenerator(patterns=api_urlpatterns).get_schema(request=None, public=True)
    assert not GENERATOR_STATS
    return described


def test_the_description_is_valid_and_has_no_warnings(schema: dict[str, Any]) -> None:
    validate_schema(schema)


def test_structures_are_described_with_those_inside_them(schema: dict[str, Any]) -> None:
    schemas = schema["components"]["schemas"]

    assert set(schemas) == {"Error", "Line", "Parcel", "Person", "PersonPage", "Receipt"}
    assert schemas["Parcel"]["required"] == ["amount_minor"]
    assert schemas["Parcel"]["properties"]["amount_minor"] == {
        "type": "integer",
        "exclusiveMinimum": 0,
    }
    assert schemas["Parcel"]["additionalProperties"] is False
    assert schemas["Parcel"]["properties"]["lines"]["items"] == {
        "$ref": "#/components/schemas/Line"
    }


def test_operations_say_their_scope_their_key_and_every_error(schema: dict[str, Any]) -> None:
    post = schema["paths"]["/api/v1/parcels/"]["post"]

    assert post["description"] == "Take a parcel.\n\nNeeds the scope `transactions:write`."
    assert post["security"] == [{"apiKey": []}]
    assert list(post["responses"]) == ["201", "400", "401", "403", "413", "415", "503"]
    refused = post["responses"]["400"]["content"]["application/json"]["schema"]
    assert refused == {"$ref": "#/components/schemas/Error"}
    body = post["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/Parcel"}
    assert body["examples"]["AParcel"]["value"] == {"amount_minor": 1250}


def test_a_list_is_described_with_its_page_and_parameters(schema: dict[str, Any]) -> None:
    get = schema["paths"]["/api/v1/people/"]["get"]
    page = schema["components"]["schemas"]["PersonPage"]

    assert [one["name"] for one in get["parameters"]] == ["cursor", "limit"]
    assert get["parameters"][1]["schema"]["maximum"] == 200
    assert list(get["responses"]) == ["200", "400"]
    assert page["required"] == ["results", "next"]
    assert page["properties"]["results"]["items"] == {"$ref": "#/components/schemas/Person"}


def test_the_description_is_served_to_anybody_as_yaml_and_json() -> None:
    as_yaml = Client().get("/api/schema/")
    as_json = Client().get("/api/schema/", headers={"Accept": "application/json"})

    assert yaml.safe_load(as_yaml.content)["openapi"] == "3.1.1"
    assert as_json.json() == yaml.safe_load(as_yaml.content)
    assert as_json.json()["info"]["title"] == "Fraudsite API"
    assert public_schema() is public_schema()


def test_the_page_to_try_it_loads_nothing_from_elsewhere_and_loosens_only_its_styles() -> None:
    page = Client().get("/api/docs/")
    script = Client().get("/api/docs/?script=")
    other = Client().get("/")

    assert "://" not in page.content.decode()
    assert "<script>" not in page.content.decode()
    assert "SwaggerUIBundle(" in script.content.decode()
    assert script["Content-Type"].startswith("application/javascript")
    policies = [
        dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
        for answer in (page, other)
    ]
    assert policies[0].pop("style-src") == "'self' 'unsafe-inline'"
    assert policies[1].pop("style-src") == "'self'"
    assert policies[0] == policies[1]
