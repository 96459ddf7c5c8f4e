"""The infrastructure that runs need: account, cluster, network, VPC, and existing task definitions."""
