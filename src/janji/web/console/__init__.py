"""The console: the screens of the people who work with what Janji keeps, each with the duty that opens it."""

CONSOLE = "/console"
"""Where it stands at the site."""
