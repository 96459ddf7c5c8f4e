"""A Pulumi provider for AWS emulators, with the AWS resource types that this project uses."""
