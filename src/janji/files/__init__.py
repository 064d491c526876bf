"""Texts in files: policies, law packs and translations read as they stand, and the layout published beside a policy."""
