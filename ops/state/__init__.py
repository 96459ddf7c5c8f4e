"""How a stack stands: what is deployed against what its configuration says."""
