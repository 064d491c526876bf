"""The record of what was done: events and their bytes, the tree that proves them, and the audit that needs no server."""
