"""What people are told: the notice of a policy, the notice at each touchpoint, and the files that machines look for."""
