"""Our own database: values in, values out; no row object leaves, and nothing here commits."""
