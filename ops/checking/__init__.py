"""`check`: findings in the configuration files, and the formats that they are printed in."""
