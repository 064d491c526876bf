"""Law packs: a law as versioned data, each rule with its article, source, confidence and dates in force."""
