"""What a manifest has to be beyond its form; one room of the language, one module, each a check."""
