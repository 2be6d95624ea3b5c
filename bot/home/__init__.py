"""The home tab: my insights, and for those entitled the settings."""
