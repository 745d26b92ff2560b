"""Commands: one verb, one function; everything below is put together here."""
