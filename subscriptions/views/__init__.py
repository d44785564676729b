"""Pages of what customers have bought."""
