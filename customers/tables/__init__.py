"""Lists of customers and of their users."""
