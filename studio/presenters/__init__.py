"""Between the session and the widgets: each presenter keeps one part of the window true. No widgets are made here."""
