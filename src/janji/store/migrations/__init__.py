"""The steps by which our own database came to its present form."""
