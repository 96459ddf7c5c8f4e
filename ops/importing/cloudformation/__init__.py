"""Templates of AWS CloudFormation: their YAML and JSON, their functions, and their resources. Pure."""
