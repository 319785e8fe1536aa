// The reports are tested through the commands until this has tests of its own.
