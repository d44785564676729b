"""Partners and their staff: who signs in, and who may do what."""
