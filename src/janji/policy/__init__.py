"""The policy: what a company promises, as a file that is read, resolved and checked against its law pack."""
