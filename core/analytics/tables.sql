-- The mirror's tables. Joins would cost more than everything else together, so what a conversation is filtered by stands in
-- its own row: flags as core/analytics/rows.py numbers them, and one bit for each of the commonest tags and stages.

CREATE TABLE raw_tag (contact_id BIGINT, tag_id BIGINT);
CREATE TABLE raw_deal (contact_id BIGINT, stage_id BIGINT);
CREATE TABLE raw_conversation (
    id BIGINT, activity_key BIGINT, name_key VARCHAR, flags UTINYINT, owner_id BIGINT, source VARCHAR, amount_key BIGINT
);

CREATE TABLE stage (id BIGINT, pipeline_id BIGINT);
CREATE TABLE source (name VARCHAR, code INTEGER);
CREATE TABLE tag_bit (tag_id BIGINT, tags_0 UBIGINT, tags_1 UBIGINT);
CREATE TABLE stage_bit (stage_id BIGINT, stages_0 UBIGINT);

CREATE TABLE conversation (
    id BIGINT, activity_key BIGINT, name_key VARCHAR, flags UTINYINT, owner_id BIGINT, source_code INTEGER, amount_key BIGINT,
    tags_0 UBIGINT, tags_1 UBIGINT, stages_0 UBIGINT
);

-- One row for each tag a contact carries, with what to filter by.
CREATE TABLE tagged AS SELECT 0::BIGINT AS tag_id, * EXCLUDE (name_key) FROM conversation;

-- One row for each stage without a bit in which a contact has a deal.
CREATE TABLE staged (stage_id BIGINT, id BIGINT);
