"""Which promises are kept: checks that can fail, held together clause by clause."""
