"""What Frontline knows and does: one package a feature, and the machinery they share."""
