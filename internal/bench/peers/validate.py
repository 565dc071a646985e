"""Validates YAML files against a JSON Schema: validate.py SCHEMA FOLDER..."""
import json
import pathlib
import sys

import jsonschema
import yaml


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Reads times as text, as the schema has them."""


Loader.yaml_implicit_resolvers = {
    first: [r for r in resolvers if r[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in Loader.yaml_implicit_resolvers.items()
}

with open(sys.argv[1]) as file:
    schema = json.load(file)
validator = jsonschema.Draft202012Validator(
    schema, format_checker=jsonschema.FormatChecker()
)
failed = False
for folder in sys.argv[2:]:
    for path in sorted(pathlib.Path(folder).glob("*.yaml")):
        with open(path, encoding="utf-8") as file:
            for error in validator.iter_errors(yaml.load(file, Loader)):
                print(f"{path}: {error.json_path}: {error.message}")
                failed = True
sys.exit(failed)
