"""The review of a pull request: compares two versions of a stack's configuration and describes the changes."""
