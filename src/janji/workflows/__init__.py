"""One module a capability: load, think on the pure floors, save. The only floor that reads the clock."""
