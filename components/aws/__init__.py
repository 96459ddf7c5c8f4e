"""Facts about AWS: limits, names, ARNs, policies, console links."""
