"""Campaigns as code for AI image edits: planned, priced, bought once, reviewed."""

__version__ = "0.1.0"
