"""`status`: the state of a deployment, compared with its configuration."""
