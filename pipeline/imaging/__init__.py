"""Pixels: inspect, render and thumbnail picture files, with libvips."""
