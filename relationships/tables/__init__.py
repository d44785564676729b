"""Tables of relationships."""
