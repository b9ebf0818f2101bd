"""Metrics, one a file. Importing them brings no torch: a window may ask for their names early."""
