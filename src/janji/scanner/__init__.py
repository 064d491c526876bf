"""Personal data in free text: found in one look, checked, explained, and told from what only looks like it."""
