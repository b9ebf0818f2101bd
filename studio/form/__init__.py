"""The experiment form, made from the declarations in `TrainConfig`.

`ExperimentForm` (in `studio.form.form`) is the way in. The modules here import `ganengine.config`, and with it torch:
the main window imports them only once the window is painted and the engine is there.

    form      the whole: head, sections, validation, the running mode
    draft     the settings as they stand, valid or not; knows no widget
    head      presets, what has changed, the filter box
    stack     the sections, under each other in a scroll area
    section   a header that folds, and its rows
    row       label, editor, reset button, and what is wrong
    editors   one editor a type; `editors.editor_for` chooses
"""
