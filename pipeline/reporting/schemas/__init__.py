"""JSON Schemas of what the program writes for other programs: generated from types, never by hand.

The types here describe; nothing is read or written through them. The tests hold every document
that the program writes to its schema, unknown keys included, so that neither can drift from the
other. Readers of these documents should ignore keys that they do not know: a format's number rises
only when something that was there is no longer there, or means something else.
"""
