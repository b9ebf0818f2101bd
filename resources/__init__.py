"""Icons, presets and the theme: files only, found through `importlib.resources`."""
