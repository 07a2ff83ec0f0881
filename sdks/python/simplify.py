"""Rewrites the API's document for the generator of the Python client: it reads the
document on stdin, and writes it to stdout with less in it that the generator does not
understand or that would only be in the way.

- The live feed goes: a call that never ends is `wagate.listen`.
- Only successful answers stay: the others are exceptions of `wagate.WagateError`.
- `allOf` of alternatives is one object with all their fields. The gateway checks anyway
  which of them go together.
- A field that can say one thing only, such as the `type` of a kind of message, may be
  left out.
"""

import json
import sys


def successes(document):
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                answers = operation["responses"]
                operation["responses"] = {status: answer for status, answer in answers.items() if status < "4"}


def streams(document):
    """Takes out the operations whose answer never ends."""
    for path in document["paths"].values():
        for method in [*path]:
            answers = path[method].get("responses", {}) if isinstance(path[method], dict) else {}
            if any("text/event-stream" in answer.get("content", {}) for answer in answers.values()):
                del path[method]


class Flattener:
    """Makes one object of what is put together of several."""

    def __init__(self, document):
        self.schemas = document["components"]["schemas"]

    def resolved(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"].rsplit("/", 1)[1]]
        return schema

    def flat(self, schema):
        """Its properties and those of them that are required; None if it is no object."""
        schema = self.resolved(schema)
        if "oneOf" in schema or "anyOf" in schema:
            parts = [self.flat(part) for part in schema.get("oneOf") or schema["anyOf"]]
            if None in parts:
                return None
            required = set.intersection(*(part[1] for part in parts))
        elif "allOf" in schema:
            parts = [self.flat(part) for part in schema["allOf"]]
            if None in parts:
                return None
            required = set.union(*(part[1] for part in parts))
        elif schema.get("type") == "object":
            return schema.get("properties", {}), set(schema.get("required", []))
        else:
            return None
        properties = {}
        for part, _ in parts:
            for name, value in part.items():
                properties[name] = self.either(properties.get(name), value)
        return properties, required

    @staticmethod
    def either(one, other):
        """A property that two alternatives have."""
        if one is None or one == other:
            return other
        if "enum" in one and "enum" in other:
            return {**other, "enum": list(dict.fromkeys(one["enum"] + other["enum"]))}
        return {"anyOf": [one, other]}

    def rewrite(self, schema):
        if isinstance(schema, list):
            return [self.rewrite(item) for item in schema]
        if not isinstance(schema, dict):
            return schema
        is_mixed = len(schema.get("allOf", [])) > 1 or ("properties" in schema and "oneOf" in schema)
        if is_mixed:
            both = {"allOf": [*schema.get("allOf", []), {key: schema[key] for key in ("oneOf",) if key in schema}]}
            both["allOf"] = [part for part in both["allOf"] if part]
            if "properties" in schema:
                both["allOf"].append({"type": "object", **{k: schema[k] for k in ("properties", "required") if k in schema}})
            flat = self.flat(both)
            if flat is not None:
                kept = {key: schema[key] for key in ("description", "examples") if key in schema}
                schema = {"type": "object", **kept, "properties": flat[0], "required": sorted(flat[1])}
        return {key: self.rewrite(value) for key, value in schema.items()}


def constants(schema):
    """Gives a field of one possible value that value."""
    if isinstance(schema, list):
        for item in schema:
            constants(item)
    elif isinstance(schema, dict):
        for name, field in schema.get("properties", {}).items() if isinstance(schema.get("properties"), dict) else ():
            if isinstance(field, dict) and len(field.get("enum", [])) == 1:
                field["const"] = field["default"] = field.pop("enum")[0]
                schema["required"] = [other for other in schema.get("required", []) if other != name]
        for value in schema.values():
            constants(value)


document = json.load(sys.stdin)
streams(document)
successes(document)
document["components"]["schemas"] = Flattener(document).rewrite(document["components"]["schemas"])
constants(document)
json.dump(document, sys.stdout, indent=1)
