"""Texts that ship with Janji or lie in a folder: policies, law packs, layouts and translations, read as they stand."""
