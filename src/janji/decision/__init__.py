"""The decision: may this be done, with this data, for this purpose, now; and if not, every reason why."""
