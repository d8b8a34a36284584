-- The mirror's tables. Joins would cost more than everything else together, so what a conversation is filtered by stands in
-- its own row: flags as core/analytics/rows.py numbers them, one bit for each of the commonest tags and stages, and a code
-- for all its tags together, and for all stages of its deals, by which they are counted.

CREATE TABLE raw_tag (contact_id BIGINT, tag_id BIGINT);
CREATE TABLE raw_conversation (
    id BIGINT, activity_key BIGINT, name_key VARCHAR, flags USMALLINT, owner_id BIGINT, source VARCHAR, amount_key BIGINT
);
CREATE TABLE raw_deal (
    contact_id BIGINT, stage_id BIGINT, id BIGINT, pipeline_id BIGINT, outcome VARCHAR, owner_id BIGINT, amount_cents BIGINT,
    opened_at BIGINT, closed_at BIGINT, expected_on VARCHAR, lost_reason VARCHAR, changed_at BIGINT, known_at BIGINT,
    event_id BIGINT
);
CREATE TABLE raw_entry (
    contact_id BIGINT, id BIGINT, deal_id BIGINT, from_stage_id BIGINT, to_stage_id BIGINT, happened_at BIGINT,
    amount_before BIGINT, amount_after BIGINT, event_id BIGINT
);
CREATE TABLE raw_text (
    contact_id BIGINT, id BIGINT, kind TINYINT, sent_at BIGINT, enrollment_id BIGINT, template_id BIGINT
);
CREATE TABLE raw_run (contact_id BIGINT, id BIGINT, workflow_id BIGINT);
CREATE TABLE raw_out (contact_id BIGINT, happened_at BIGINT);

-- owner_id 0: unassigned; groups with a NULL among them cost a third more. A code 0: no tag, or no deal.
CREATE TABLE conversation (
    id BIGINT, activity_key BIGINT, name_key VARCHAR, flags USMALLINT, owner_id BIGINT, source_code INTEGER, amount_key BIGINT,
    tag_code INTEGER, tags_0 UBIGINT, tags_1 UBIGINT, stage_code INTEGER, stages_0 UBIGINT
);

-- What a code means: a row for each tag, or stage, of the set.
CREATE TABLE tag_set (tag_code INTEGER, tag_id BIGINT);
CREATE TABLE stage_set (stage_code INTEGER, stage_id BIGINT);

-- As named now. probability -1, rot_days -1: none given. A stage that is not known has the pipeline's id, negated.
CREATE TABLE stage (
    id BIGINT, pipeline_id BIGINT, name VARCHAR, position BIGINT, kind VARCHAR, probability DOUBLE, rot_days BIGINT,
    is_retired BIGINT
);
CREATE TABLE label (kind VARCHAR, id BIGINT, name VARCHAR);

-- One row for each deal, as it is. opened_at: of its first state; closed_at: NULL while open; quoted_at: when it first had
-- an amount; furthest: the highest place of a stage it was in (won is the last, lost the least); last_at: when it changed
-- last. to_quote, to_win: texts with the contact before, since an earlier deal of theirs was closed.
CREATE TABLE deal (
    contact_id BIGINT, id BIGINT, pipeline_id INTEGER, stage_id INTEGER, outcome VARCHAR, owner_id INTEGER,
    amount_cents BIGINT, opened_at BIGINT, entered_at BIGINT, closed_at BIGINT, expected_on VARCHAR, lost_reason VARCHAR,
    quoted_at BIGINT, furthest INTEGER, last_at BIGINT, to_quote INTEGER, to_win INTEGER
);

-- A row for each time in which a deal kept stage, outcome and amount. until_at NULL: it does still. before_*: of the state
-- before, NULL in the first. enters: the stage is another than before, and is kept until left_at (NULL: it is there still);
-- is_first: it never was in this stage before.
CREATE TABLE state (
    contact_id BIGINT, deal_id BIGINT, pipeline_id INTEGER, stage_id INTEGER, outcome VARCHAR, owner_id INTEGER,
    amount_cents BIGINT, from_at BIGINT, until_at BIGINT, before_stage_id INTEGER, before_outcome VARCHAR,
    before_amount BIGINT, before_pipeline_id INTEGER, enters BOOLEAN, left_at BIGINT, is_first BOOLEAN
);

-- kind: 0 received, 1 sent by hand, 2 sent automatically, 3 sent and not delivered.
CREATE TABLE text (contact_id BIGINT, id BIGINT, kind TINYINT, sent_at BIGINT);

-- Texts of a contact up to the next one that was sent by hand: asked_at of the first, answered_at NULL: not yet.
CREATE TABLE turn (contact_id BIGINT, asked_at BIGINT, answered_at BIGINT, is_first BOOLEAN, is_last BOOLEAN);

-- Texts of a workflow (place: the how manieth of its run, from 1 on), or from a template; what followed before the next text
-- of the run (*_run), or before any other text of ours (*_any).
CREATE TABLE send (
    contact_id BIGINT, id BIGINT, sent_at BIGINT, workflow_id INTEGER, place INTEGER, template_id INTEGER,
    replied_run BOOLEAN, out_run BOOLEAN, replied_any BOOLEAN, out_any BOOLEAN
);

CREATE TABLE enrolled (contact_id BIGINT, workflow_id INTEGER);
CREATE TABLE texted (contact_id BIGINT, template_id INTEGER);

-- The last text received or sent by hand.
CREATE TABLE talk (contact_id BIGINT, last_at BIGINT);
