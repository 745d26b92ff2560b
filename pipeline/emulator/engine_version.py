"""The draft engine's version, apart from the engine so that planning need not load it."""

DRAFT_ENGINE = "draft-5"
"""Part of the cell keys of drafts: raised with every change that can alter a pixel."""
