"""The importer: from a text or a register to a starting model, with the evidence and what a person must decide."""
