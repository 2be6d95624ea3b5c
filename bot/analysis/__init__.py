"""What Frontline reads out of an insight's words: whose names stand in it, and which category it is of."""
