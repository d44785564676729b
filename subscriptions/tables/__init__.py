"""Lists of what customers have bought."""
