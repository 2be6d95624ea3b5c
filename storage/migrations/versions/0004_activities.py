"""Activities: plan, entries, and what sales says of them"""

import sqlalchemy as sa
import storage.types
from alembic import op

revision = "0004"
down_revision = "0003"

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('activities',
    sa.Column('id', Key, autoincrement=True, nullable=False),
    sa.Column('team_id', sa.String(length=32), nullable=False),
    sa.Column('bridge_id', Key, nullable=False),
    sa.Column('title', sa.String(length=150), nullable=False),
    sa.Column('purpose', sa.String(length=16), nullable=False),
    sa.Column('owner_id', sa.String(length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('planned_budget', sa.BigInteger(), nullable=True),
    sa.Column('status', sa.String(length=16), nullable=False),
    sa.Column('cancel_reason', sa.Text(), nullable=True),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('created_by', sa.String(length=32), nullable=False),
    sa.Column('created_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('changed_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_activities_bridge_id_bridges'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activities')),
    sa.UniqueConstraint('bridge_id', 'title', 'starts_on', name=op.f('uq_activities_bridge_id_title_starts_on'))
    )
    op.create_index(op.f('ix_activities_bridge_id_status_starts_on'), 'activities', ['bridge_id', 'status', 'starts_on'], unique=False)
    op.create_table('bridge_currencies',
    sa.Column('bridge_id', Key, nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('changed_by', sa.String(length=32), nullable=False),
    sa.Column('changed_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['bridge_id'], ['bridges.id'], name=op.f('fk_bridge_currencies_bridge_id_bridges'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('bridge_id', name=op.f('pk_bridge_currencies'))
    )
    op.create_table('activity_askings',
    sa.Column('id', Key, autoincrement=True, nullable=False),
    sa.Column('activity_id', Key, nullable=False),
    sa.Column('occasion', sa.String(length=8), nullable=False),
    sa.Column('asked_at', storage.types.Instant(timezone=True), nullable=False),
    sa.Column('asked_count', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_askings_activity_id_activities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_askings')),
    sa.UniqueConstraint('activity_id', 'occasion', name=op.f('uq_activity_askings_activity_id_occasion'))
    )
    op.create_table('activity_entries',
    sa.Column('id', Key, autoincrement=True, nullable=False),
    sa.Column('activity_id', Key, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('on_date', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('given_amount', sa.BigInteger(), nullable=True),
    sa.Column('given_currency', sa.String(length=3), nullable=True),
    sa.Column('rate', sa.String(length=40), nullable=True),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('corrects_id', Key, nullable=True),
    sa.Column('entered_by', sa.String(length=32), nullable=False),
    sa.Column('entered_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_entries_activity_id_activities'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['corrects_id'], ['activity_entries.id'], name=op.f('fk_activity_entries_corrects_id_activity_entries'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_entries')),
    sa.UniqueConstraint('corrects_id', name=op.f('uq_activity_entries_corrects_id'))
    )
    op.create_index(op.f('ix_activity_entries_activity_id_on_date'), 'activity_entries', ['activity_id', 'on_date'], unique=False)
    op.create_table('activity_insights',
    sa.Column('activity_id', Key, nullable=False),
    sa.Column('insight_id', Key, nullable=False),
    sa.Column('linked_by', sa.String(length=32), nullable=False),
    sa.Column('linked_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_insights_activity_id_activities'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['insight_id'], ['insights.id'], name=op.f('fk_activity_insights_insight_id_insights'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('activity_id', 'insight_id', name=op.f('pk_activity_insights'))
    )
    op.create_index(op.f('ix_activity_insights_insight_id'), 'activity_insights', ['insight_id'], unique=False)
    op.create_table('activity_plans',
    sa.Column('activity_id', Key, nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activities.id'], name=op.f('fk_activity_plans_activity_id_activities'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('activity_id', 'kind', name=op.f('pk_activity_plans'))
    )
    op.create_table('activity_answers',
    sa.Column('asking_id', Key, nullable=False),
    sa.Column('user_id', sa.String(length=32), nullable=False),
    sa.Column('answer', sa.String(length=16), nullable=False),
    sa.Column('deal', sa.String(length=200), nullable=True),
    sa.Column('deal_amount', sa.BigInteger(), nullable=True),
    sa.Column('deal_currency', sa.String(length=3), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('answered_at', storage.types.Instant(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['asking_id'], ['activity_askings.id'], name=op.f('fk_activity_answers_asking_id_activity_askings'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('asking_id', 'user_id', name=op.f('pk_activity_answers'))
    )
