"""Shapes of pages: lists, forms, keyset pages, access, answers' headers and the template tags of the design."""
