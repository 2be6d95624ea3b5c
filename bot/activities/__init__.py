"""What marketing does for sales: plan, cost and result, and sales' own word on it."""
