"""One thing learned from the market: capture, support, change, take back."""
