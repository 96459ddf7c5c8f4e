"""Resource types and functions, one file for each service."""
