"""Which sales channels take part, and which have gone silent: by channel, never as a ranking of persons."""
