"""The contact sheet: facts about one campaign to a page and to JSON, the same bytes each time."""
