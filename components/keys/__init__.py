"""Keys: what can be said about a key of the arguments, and how values are validated and resolved by it.

The typed dictionaries in `components.args` are the only place where a key, its type, its bounds, its default, its
description and AWS's name for it are written."""
