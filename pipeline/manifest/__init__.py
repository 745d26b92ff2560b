"""Manifest text and folder listings in, campaigns and problems out; opens no file."""
