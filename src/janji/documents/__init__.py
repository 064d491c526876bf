"""Structured texts that people write (YAML): read into trees that keep every place, and checked against shapes."""
