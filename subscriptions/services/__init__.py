"""What can be done with what customers have bought."""
