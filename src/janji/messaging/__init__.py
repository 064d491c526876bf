"""What people and officers are told of a request: which messages there are, what they say, and by which way they go."""
