"""IAM policies for the roles that deploy and preview a stack, from the resource types that a stack can have."""
