"""The form of the shop's database."""
