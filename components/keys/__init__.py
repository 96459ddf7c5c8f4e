"""Keys of the arguments: their annotations, and the validation and resolution of their values.

The typed dictionaries in `components.args` are the only place where a key, its type, its bounds, its default, its
description and AWS's name for it are written."""
