"""What a team collected before Frontline, brought in from a CSV file."""
