"""Edges to disk, network and clock; each implements a port or gathers facts for planning."""
