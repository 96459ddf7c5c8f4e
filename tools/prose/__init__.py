"""A check of the prose that people read: pages, docstrings, comments and messages.

The rules are data, in `rules.toml`. No linter on PyPI fits: proselint doesn't accept custom rules, and none of them
reads messages in Python code.
"""
