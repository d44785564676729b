"""Pieces of this app on pages of apps below."""
