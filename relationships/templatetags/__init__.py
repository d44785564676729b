"""Pieces of relationships on pages of the apps below."""
