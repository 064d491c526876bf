"""The people who work with the console: the roles that they have, and what each role may see and do."""
