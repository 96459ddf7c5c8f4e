"""The command line: `python -m ops --help`."""
