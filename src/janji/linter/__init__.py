"""The linter: what is wrong with a published policy text, by which rule, and what to write instead."""
