-- From one day to another
-- How the open value of the first moment of the period became that of its end, to the cent: opening + new + reopened +
-- moved in + raised + lowered + moved out + won + lost = closing, where what is lowered or leaves has a minus. New: deals
-- that were opened. Reopened: closed before, open again. Moved in and out: from and to another pipeline (when broken down
-- by stage, another stage). When an amount changes together with a move, the change comes first, where the deal was. A
-- deal without an amount counts as nothing in the sums, so its first quote is a raise. Owner, tags and source are today's.
WITH course AS (
    SELECT
        c.*, c.outcome = 'open' AND ($pipeline IS NULL OR c.pipeline_id = $pipeline) AS is_in,
        coalesce(c.before_outcome = 'open' AND ($pipeline IS NULL OR c.before_pipeline_id = $pipeline), false) AS was_in
    FROM courses AS c
    WHERE c.from_at < $end AND (c.until_at IS NULL OR c.until_at >= $start) AND (c.outcome = 'open' OR c.from_at >= $start)
),
moved AS (
    SELECT *, NOT (is_in AND was_in) OR group_id <> before_group_id AS is_move,
        coalesce(amount_cents, 0) - coalesce(before_amount, 0) AS rise
    FROM course
    WHERE from_at >= $start AND from_at < $end
),
bar AS (
    SELECT 'opening' AS bar, contact_id, deal_id, group_id, stage_id, $start AS happened_at, amount_cents, owner_id
    FROM course
    WHERE is_in AND from_at < $start AND (until_at IS NULL OR until_at >= $start)
    UNION ALL
    SELECT
        CASE WHEN before_stage_id IS NULL THEN 'new' WHEN before_outcome <> 'open' THEN 'reopened' ELSE 'moved_in' END,
        contact_id, deal_id, group_id, stage_id, from_at, amount_cents, owner_id
    FROM moved
    WHERE is_in AND is_move
    UNION ALL
    SELECT
        CASE WHEN rise > 0 THEN 'raised' ELSE 'lowered' END,
        contact_id, deal_id, before_group_id, before_stage_id, from_at, rise, owner_id
    FROM moved
    WHERE was_in AND rise <> 0
    UNION ALL
    SELECT
        CASE WHEN outcome = 'open' THEN 'moved_out' ELSE outcome END,
        contact_id, deal_id, before_group_id, before_stage_id, from_at, -amount_cents, owner_id
    FROM moved
    WHERE was_in AND is_move
    UNION ALL
    SELECT 'closing', contact_id, deal_id, group_id, stage_id, $end, amount_cents, owner_id
    FROM course
    WHERE is_in AND from_at < $end AND (until_at IS NULL OR until_at >= $end)
)
SELECT * FROM bar
-- lines:
SELECT *
FROM (VALUES
    ('opening', 1), ('new', 2), ('reopened', 3), ('moved_in', 4), ('raised', 5), ('lowered', 6), ('moved_out', 7), ('won', 8),
    ('lost', 9), ('closing', 10)
) AS every (bar, place)
