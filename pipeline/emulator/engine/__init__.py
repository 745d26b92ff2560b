"""A real editing engine of draft quality: edits the user's own pixels as the prompt says."""

from pipeline.emulator.engine.draft import DraftEngine

__all__ = ["DraftEngine"]
