"""How long tests wait for what is sure to come."""

PATIENCE_S = 300.0
"""Longest wait for another thread or process, in seconds.

Nobody waits so long but where something hangs. It is no measure of how fast anything should be: a
process that starts on a machine with a dozen others takes a minute.
"""
