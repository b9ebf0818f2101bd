"""Runs on disk: one directory each, complete and readable by hand."""
