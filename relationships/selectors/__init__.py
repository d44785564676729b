"""Questions about relationships. Each begins with the partner or the organization that asks."""
