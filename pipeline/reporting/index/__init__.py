"""The page over all campaigns of a workspace."""
