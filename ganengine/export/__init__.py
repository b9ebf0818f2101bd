"""Pictures and files for use elsewhere."""
