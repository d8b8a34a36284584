-- The mirror's tables. Joins would cost more than everything else together, so what a conversation is filtered by stands in
-- its own row: flags as core/analytics/rows.py numbers them, one bit for each of the commonest tags and stages, and a code
-- for all its tags together, and for all stages of its deals, by which they are counted.

CREATE TABLE raw_stage (id BIGINT, pipeline_id BIGINT);
CREATE TABLE raw_tag (contact_id BIGINT, tag_id BIGINT);
CREATE TABLE raw_deal (contact_id BIGINT, stage_id BIGINT);
CREATE TABLE raw_conversation (
    id BIGINT, activity_key BIGINT, name_key VARCHAR, flags USMALLINT, owner_id BIGINT, source VARCHAR, amount_key BIGINT
);

-- owner_id 0: unassigned; groups with a NULL among them cost a third more. A code 0: no tag, or no deal.
CREATE TABLE conversation (
    id BIGINT, activity_key BIGINT, name_key VARCHAR, flags USMALLINT, owner_id BIGINT, source_code INTEGER, amount_key BIGINT,
    tag_code INTEGER, tags_0 UBIGINT, tags_1 UBIGINT, stage_code INTEGER, stages_0 UBIGINT
);

-- What a code means: a row for each tag, or stage, of the set.
CREATE TABLE tag_set (tag_code INTEGER, tag_id BIGINT);
CREATE TABLE stage_set (stage_code INTEGER, stage_id BIGINT);
