"""Members of AWS's API that have no key: given in AWS's own words, and checked against AWS's model."""
