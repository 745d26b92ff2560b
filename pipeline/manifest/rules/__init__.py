"""What a manifest has to be beyond its form: one module for each part of the language."""
