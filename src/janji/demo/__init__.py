"""A company made up for trying things out: its people, its systems, and what it holds; the same for the same seed."""
