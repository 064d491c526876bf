"""The web face: what other programs and people reach over HTTP."""
