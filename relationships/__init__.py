"""How a relationship between partner and customer begins and ends."""
