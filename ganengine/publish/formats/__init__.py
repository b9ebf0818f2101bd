"""One file a format; `ganengine.publish.base.Publication` says what each has to offer."""
