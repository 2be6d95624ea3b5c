"""Foundation: bridges, insights, inbox, outbox, schedules"""

import sqlite3

from alembic import op
import sqlalchemy as sa
import storage.types
from sqlalchemy.dialects import postgresql
revision = '0001'
down_revision = None


def upgrade() -> None:
    op.create_table('bridges',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('marketing_channel_id', sa.String(length=32), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=False),
    sa.Column('flag_emoji', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('created_at', storage.types.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_bridges')),
    sa.UniqueConstraint('team_id', 'name', name=op.f('uq_bridges_team_id_name'))
    )
    op.create_table('catchup_jobs',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=False),
    sa.Column('thread_ts', sa.String(length=20), nullable=False),
    sa.Column('oldest_ts', sa.String(length=20), nullable=False),
    sa.Column('cursor', sa.Text(), nullable=True),
    sa.Column('again', sa.Boolean(), nullable=False),
    sa.Column('due_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('claim', sa.String(length=32), nullable=True),
    sa.Column('begun_at', storage.types.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_catchup_jobs')),
    sa.UniqueConstraint('team_id', 'kind', 'channel_id', 'thread_ts', name=op.f('uq_catchup_jobs_team_id_kind_channel_id_thread_ts'))
    )
    with op.batch_alter_table('catchup_jobs', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_catchup_jobs_due_at'), ['due_at'], unique=False)

    op.create_table('channel_members',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.PrimaryKeyConstraint('team_id', 'channel_id', 'user_id', name=op.f('pk_channel_members'))
    )
    with op.batch_alter_table('channel_members', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_channel_members_team_id_user_id'), ['team_id', 'user_id'], unique=False)

    op.create_table('channel_pace',
    sa.Column('channel_id', sa.String(length=32), nullable=False),
    sa.Column('free_at', storage.types.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('channel_id', name=op.f('pk_channel_pace'))
    )
    op.create_table('channels',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('is_private', sa.Boolean(), nullable=False),
    sa.Column('is_direct', sa.Boolean(), nullable=False),
    sa.Column('is_member', sa.Boolean(), nullable=False),
    sa.Column('is_archived', sa.Boolean(), nullable=False),
    sa.Column('is_shared', sa.Boolean(), nullable=False),
    sa.Column('read_at', storage.types.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('team_id', 'channel_id', name=op.f('pk_channels'))
    )
    op.create_table('flags',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=False),
    sa.Column('message_ts', sa.String(length=20), nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('emoji', sa.String(length=100), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.Column('changed_ts', sa.String(length=20), nullable=False),
    sa.Column('is_undone', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('team_id', 'channel_id', 'message_ts', 'user_id', 'emoji', name=op.f('pk_flags'))
    )
    op.create_table('gestures',
    sa.Column('key', sa.String(length=255), nullable=False),
    sa.Column('at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('insight_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_gestures'))
    )
    op.create_table('inbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('event_id', sa.String(length=64), nullable=True),
    sa.Column('natural_key', sa.String(length=255), nullable=False),
    sa.Column('correlation_id', sa.String(length=100), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=True),
    sa.Column('message_ts', sa.String(length=20), nullable=True),
    sa.Column('user_id', sa.String(length=32), nullable=True),
    sa.Column('item', sa.String(length=255), nullable=True),
    sa.Column('event_ts', sa.String(length=20), nullable=True),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('claim', sa.String(length=32), nullable=True),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('received_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('done_at', storage.types.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inbox')),
    sa.UniqueConstraint('event_id', name=op.f('uq_inbox_event_id')),
    sa.UniqueConstraint('natural_key', name=op.f('uq_inbox_natural_key'))
    )
    with op.batch_alter_table('inbox', schema=None) as batch_op:
        batch_op.create_index('ix_inbox_message', ['channel_id', 'message_ts'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_inbox_parked', ['id'], unique=False, sqlite_where=sa.text("state = 'parked'"), postgresql_where=sa.text("state = 'parked'"))
        batch_op.create_index('ix_inbox_pending', ['due_at'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))

    op.create_table('outbox',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('bridge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('dedupe_key', sa.String(length=255), nullable=False),
    sa.Column('correlation_id', sa.String(length=100), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=True),
    sa.Column('user_id', sa.String(length=32), nullable=True),
    sa.Column('thread_ts', sa.String(length=20), nullable=True),
    sa.Column('parent_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('target_ts', sa.String(length=20), nullable=True),
    sa.Column('lane', sa.String(length=80), nullable=False),
    sa.Column('payload', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=True),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=8), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('due_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('claim', sa.String(length=32), nullable=True),
    sa.Column('in_doubt_at', storage.types.Instant(timezone=True), nullable=True),
    sa.Column('expires_at', storage.types.Instant(timezone=True), nullable=True),
    sa.Column('message_ts', sa.String(length=20), nullable=True),
    sa.Column('error', sa.String(length=200), nullable=True),
    sa.Column('created_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('finished_at', storage.types.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('dedupe_key', name=op.f('uq_outbox_dedupe_key'))
    )
    with op.batch_alter_table('outbox', schema=None) as batch_op:
        batch_op.create_index('ix_outbox_lane', ['lane', 'id'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))
        batch_op.create_index('ix_outbox_parked', ['id'], unique=False, sqlite_where=sa.text("state = 'parked'"), postgresql_where=sa.text("state = 'parked'"))
        batch_op.create_index('ix_outbox_pending', ['due_at'], unique=False, sqlite_where=sa.text("state = 'pending'"), postgresql_where=sa.text("state = 'pending'"))

    op.create_table('people',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('locale', sa.String(length=35), nullable=True),
    sa.Column('time_zone', sa.String(length=64), nullable=True),
    sa.Column('is_admin', sa.Boolean(), nullable=False),
    sa.Column('is_guest', sa.Boolean(), nullable=False),
    sa.Column('is_external', sa.Boolean(), nullable=False),
    sa.Column('is_bot', sa.Boolean(), nullable=False),
    sa.Column('is_deleted', sa.Boolean(), nullable=False),
    sa.Column('read_at', storage.types.Instant(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('team_id', 'user_id', name=op.f('pk_people'))
    )
    op.create_table('person_settings',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('language', sa.String(length=8), nullable=True),
    sa.Column('home_opened_at', storage.types.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('team_id', 'user_id', name=op.f('pk_person_settings'))
    )
    op.create_table('workspaces',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('bot_user_id', sa.String(length=32), nullable=False),
    sa.Column('next_insight_number', sa.Integer(), nullable=False),
    sa.Column('bridges_version', sa.Integer(), nullable=False),
    sa.Column('directory_read_at', storage.types.Instant(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('team_id', name=op.f('pk_workspaces'))
    )
    op.create_table('bridge_channels',
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=False),
    sa.Column('bridge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('bridged_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_bridge_channels_bridge_id_bridges'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('team_id', 'channel_id', name=op.f('pk_bridge_channels'))
    )
    with op.batch_alter_table('bridge_channels', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bridge_channels_bridge_id'), ['bridge_id'], unique=False)

    op.create_table('bridge_managers',
    sa.Column('bridge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_bridge_managers_bridge_id_bridges'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('bridge_id', 'user_id', name=op.f('pk_bridge_managers'))
    )
    op.create_table('categories',
    sa.Column('bridge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=True),
    sa.Column('emoji', sa.String(length=100), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('is_retired', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_categories_bridge_id_bridges'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('bridge_id', 'key', name=op.f('pk_categories'))
    )
    op.create_table('insights',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('bridge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('source', sa.String(length=16), nullable=False),
    sa.Column('channel_id', sa.String(length=32), nullable=True),
    sa.Column('message_ts', sa.String(length=20), nullable=True),
    sa.Column('thread_ts', sa.String(length=20), nullable=True),
    sa.Column('permalink', sa.Text(), nullable=True),
    sa.Column('thread_permalink', sa.Text(), nullable=True),
    sa.Column('author_id', sa.String(length=32), nullable=True),
    sa.Column('author_name', sa.Text(), nullable=True),
    sa.Column('reporter_id', sa.String(length=32), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('first_text', sa.Text(), nullable=True),
    sa.Column('has_files', sa.Boolean(), nullable=False),
    sa.Column('category', sa.String(length=40), nullable=False),
    sa.Column('category_by', sa.String(length=16), nullable=False),
    sa.Column('customer', sa.String(length=200), nullable=True),
    sa.Column('competitors', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('product', sa.String(length=200), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('deal_amount', sa.BigInteger(), nullable=True),
    sa.Column('deal_currency', sa.String(length=3), nullable=True),
    sa.Column('is_urgent', sa.Boolean(), nullable=False),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('supporter_count', sa.Integer(), nullable=False),
    sa.Column('said_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('created_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('changed_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('edited_at', storage.types.Instant(timezone=True), nullable=True),
    sa.Column('text_removed_at', storage.types.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_insights_bridge_id_bridges')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insights')),
    sa.UniqueConstraint('team_id', 'channel_id', 'message_ts', name=op.f('uq_insights_team_id_channel_id_message_ts')),
    sa.UniqueConstraint('team_id', 'number', name=op.f('uq_insights_team_id_number'))
    )
    with op.batch_alter_table('insights', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_insights_bridge_id_category_status_created_at'), ['bridge_id', 'category', 'status', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_insights_bridge_id_created_at'), ['bridge_id', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_insights_bridge_id_status_created_at'), ['bridge_id', 'status', 'created_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_insights_team_id_reporter_id_created_at'), ['team_id', 'reporter_id', 'created_at'], unique=False)
        batch_op.create_index('ix_insights_text_removed', ['text_removed_at'], unique=False, sqlite_where=sa.text('text_removed_at IS NOT NULL'), postgresql_where=sa.text('text_removed_at IS NOT NULL'))

    op.create_table('schedules',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('bridge_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('rule', sa.String(length=200), nullable=False),
    sa.Column('local_time', sa.String(length=5), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('is_paused', sa.Boolean(), nullable=False),
    sa.Column('next_run_at', storage.types.Instant(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_schedules_bridge_id_bridges'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedules')),
    sa.UniqueConstraint('bridge_id', 'kind', name=op.f('uq_schedules_bridge_id_kind'))
    )
    with op.batch_alter_table('schedules', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_schedules_next_run_at'), ['next_run_at'], unique=False)

    op.create_table('history',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
    sa.Column('insight_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('by_user_id', sa.String(length=32), nullable=True),
    sa.Column('change', sa.String(length=24), nullable=False),
    sa.Column('detail', sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.ForeignKeyConstraint(['insight_id'], ['insights.id'], name=op.f('fk_history_insight_id_insights'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_history'))
    )
    with op.batch_alter_table('history', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_history_insight_id'), ['insight_id'], unique=False)

    op.create_table('quotes',
    sa.Column('outbox_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('insight_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['insight_id'], ['insights.id'], name=op.f('fk_quotes_insight_id_insights'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['outbox_id'], ['outbox.id'], name=op.f('fk_quotes_outbox_id_outbox'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('outbox_id', 'insight_id', name=op.f('pk_quotes'))
    )
    with op.batch_alter_table('quotes', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_quotes_insight_id'), ['insight_id'], unique=False)

    op.create_table('runs',
    sa.Column('schedule_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('due_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('outcome', sa.String(length=8), nullable=False),
    sa.Column('ran_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['schedule_id'], ['schedules.id'], name=op.f('fk_runs_schedule_id_schedules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('schedule_id', 'due_at', name=op.f('pk_runs'))
    )
    op.create_table('supporters',
    sa.Column('insight_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('since_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['insight_id'], ['insights.id'], name=op.f('fk_supporters_insight_id_insights'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('insight_id', 'user_id', name=op.f('pk_supporters'))
    )
    with op.batch_alter_table('supporters', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_supporters_user_id'), ['user_id'], unique=False)

    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE insight_search USING fts5(stems, tokenize = 'unicode61 remove_diacritics 0')"
        )
        if sqlite3.sqlite_version_info >= (3, 42):  # deleted words leave the file at once
            op.execute("INSERT INTO insight_search(insight_search, rank) VALUES ('secure-delete', 1)")
    else:
        op.execute(
            "CREATE TABLE insight_search (insight_id BIGINT CONSTRAINT pk_insight_search PRIMARY KEY "
            "CONSTRAINT fk_insight_search_insight_id_insights REFERENCES insights (id) ON DELETE CASCADE, "
            "stems TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_insight_search_stems ON insight_search USING gin (stems)")
