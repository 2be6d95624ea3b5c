"""Search: the language in which people ask, what it means to the database, and which answer comes first."""
