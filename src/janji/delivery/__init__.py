"""Messages to other programs over the network: what is signed, and how it is sent."""
