"""Execution: a plan becomes purchases, only through ports; every effect in its one right order."""
