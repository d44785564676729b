"""Questions about what customers have bought, and about what they can buy."""
