"""What columns hold of people: told from their names and from values drawn from them, each time with its reason."""
