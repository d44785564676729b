"""Questions about customers, their users and their uploads."""
