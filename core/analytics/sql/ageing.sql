-- Age in stage
-- Open deals by how many days ago they came into the stage they are in, not by how old they are: from 0, 7, 14, 30, 60 and
-- 90 days on. Stale are those that are in the stage for longer than its days until a deal is stale. As of now: the period
-- does not matter.
WITH aged AS (
    SELECT d.*, stage.name AS stage, stage.rot_days, greatest($now - d.entered_at, 0) AS seconds
    FROM deals AS d
    LEFT JOIN stage ON stage.id = d.stage_id
    WHERE d.outcome = 'open'
)
SELECT
    contact_id, id AS deal_id, stage_id, stage, entered_at, seconds, amount_cents, owner_id,
    CASE
        WHEN seconds >= 90 * 86400 THEN 90 WHEN seconds >= 60 * 86400 THEN 60 WHEN seconds >= 30 * 86400 THEN 30
        WHEN seconds >= 14 * 86400 THEN 14 WHEN seconds >= 7 * 86400 THEN 7 ELSE 0
    END AS from_days,
    rot_days > 0 AND seconds > rot_days * 86400 AS is_stale, group_id
FROM aged
-- lines:
SELECT name AS stage, days AS from_days, min(position) * 1000 + days AS place
FROM stage, (VALUES (0), (7), (14), (30), (60), (90)) AS every (days)
WHERE is_retired = 0 AND kind = 'open' AND ($pipeline IS NULL OR pipeline_id = $pipeline)
GROUP BY name, days
