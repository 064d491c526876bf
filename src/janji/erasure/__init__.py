"""One way of searching and one way of ending data: plans as values, made from the map, carried out by connectors."""
