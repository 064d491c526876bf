"""A small Django shop that asks Janji first."""
