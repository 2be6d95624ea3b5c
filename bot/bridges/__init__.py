"""What joins sales channels to a marketing channel, and who may change it."""
