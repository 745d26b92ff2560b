"""`campaign schema`: the JSON Schemas of what people write."""

from pipeline.manifest.schema import as_text, campaign_schema, workspace_schema


def schema(which: str) -> str:
    """The schema as it is published under `schemas/`."""
    found = workspace_schema() if which == "workspace" else campaign_schema()
    return as_text(found)
