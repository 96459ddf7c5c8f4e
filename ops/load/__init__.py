"""The launches of a week compared with AWS's limits: what is throttled, and which flexible windows prevent it."""
