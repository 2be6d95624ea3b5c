"""The regular report to the sales channels: what you told us, and what became of it."""
