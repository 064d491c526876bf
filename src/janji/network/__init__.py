"""Ways to other programs over the network: which addresses may be reached, and connections that go to no other."""
