"""The components for programs in other languages: a Pulumi package that is served from its source."""
