"""Reads an OpenAPI document with a validator that knows nothing of us, and holds each example against its schema."""

import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = "urn:openapi"


def examples(document):
    """Each example with its schema and where it stands."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            place = f"{method.upper()} {path}"
            for parameter in operation.get("parameters", []):
                if "example" in parameter:
                    yield f"{place} {parameter['name']}", parameter
            for kind, media in operation.get("requestBody", {}).get("content", {}).items():
                if "example" in media:
                    yield f"{place} {kind}", media
            for status, response in operation["responses"].items():
                for media in response.get("content", {}).values():
                    if "example" in media:
                        yield f"{place} {status}", media


def absolute(schema):
    """References within the document, as seen from outside of it."""
    if isinstance(schema, dict):
        return {
            name: ROOT + value if name == "$ref" and isinstance(value, str) else absolute(value)
            for name, value in schema.items()
        }
    if isinstance(schema, list):
        return [absolute(value) for value in schema]
    return schema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        document = json.load(file)
    wrong = [str(error.message) for error in OpenAPIV31SpecValidator(document).iter_errors()]
    resource = Resource(contents=absolute(document), specification=DRAFT202012)
    registry = Registry().with_resource(ROOT, resource)
    formats = Draft202012Validator.FORMAT_CHECKER
    count = 0
    for place, holder in examples(document):
        validator = Draft202012Validator(absolute(holder["schema"]), registry=registry, format_checker=formats)
        for error in validator.iter_errors(holder["example"]):
            wrong.append(f"{place} at {error.json_path}: {error.message}")
        count += 1
    for line in wrong:
        print(line)
    if wrong or count == 0:
        sys.exit(f"{len(wrong)} errors, {count} examples")
    print(f"The document is valid, and so are {count} examples.")


main()
