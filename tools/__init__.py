"""Tools for work on this repository. Nothing here is installed or deployed."""
