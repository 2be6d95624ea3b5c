"""What Frontline keeps: tables, queries, migrations, and all that differs between SQLite and PostgreSQL.

Queries take a connection and never commit; whoever opened the transaction does.
"""
