"""`campaign schema`: the JSON Schemas of what people write."""

import json

from pipeline.manifest.schema import campaign_schema, workspace_schema


def schema(which: str) -> str:
    """The schema as it is published under `schemas/`."""
    found = workspace_schema() if which == "workspace" else campaign_schema()
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
