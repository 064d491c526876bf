"""Two versions of a policy compared: what is newly permitted, forbidden or kept longer, and who must be told."""
