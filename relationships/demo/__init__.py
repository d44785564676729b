"""The demo data: who is in it, and the companies and people it is made of."""
