"""People as the record knows them: identifiers in normal form, ages, guardians, and who is linked to whom."""
