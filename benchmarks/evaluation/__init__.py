"""How well Frontline makes sense of messages that nobody tuned it on."""
