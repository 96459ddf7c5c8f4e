"""Facts about AWS: limits, names, ARNs, policies, and console links."""
