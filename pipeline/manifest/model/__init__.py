"""The manifest language and the workspace file as types; `schemas/` is generated from them.

Nothing here knows a model, a picture or a price: what can be said without them is said here, the
rest in the rules. Every description is what an editor shows when the author rests on a key.
"""
