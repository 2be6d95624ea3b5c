"""Quiet hours: what Frontline sends of its own accord waits for the person's working hours."""
