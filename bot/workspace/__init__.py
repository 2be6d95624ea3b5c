"""The cached directory of people, channels and memberships."""
