"""The gate at a touchpoint: of what was given there, what may be kept, what not, why, and what a person must look at."""
