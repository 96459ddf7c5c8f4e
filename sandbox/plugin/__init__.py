"""A Pulumi provider for the AWS resource types that this project uses, for emulators of AWS."""
