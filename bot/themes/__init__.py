"""Insights about the same thing, grouped: by likeness of their words, and by what people decide."""
