"""A real editing engine of draft quality: edits the user's own pixels as the prompt says.

`compile` reads prompts and needs no pixels, so that planning can ask it; `draft` is the engine.
"""
