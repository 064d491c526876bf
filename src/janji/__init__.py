"""Janji: a privacy policy you can run."""

__version__ = "0.1.0"
