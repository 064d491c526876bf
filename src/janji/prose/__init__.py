"""A published text: cut into headings, clauses and items with exact spans, and searched for phrases."""
