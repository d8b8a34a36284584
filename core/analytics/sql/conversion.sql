-- Conversion between stages
-- Of the deals that came into a stage in the period for the first time: how many have come to another stage of the pipeline,
-- or to one after it, by now ("reached"; won is the last), how many are lost without that, how many are too young to judge
-- (still open, and entered fewer days ago than the stage's days until a deal is stale, or 30), and how many are open still.
-- The rate is of those that are not too young. By now means before the moment of the figures, or the day asked for.
WITH ranked AS (
    SELECT
        id, pipeline_id, name, kind,
        CASE WHEN kind = 'won' THEN 1000000 WHEN kind = 'lost' THEN -1 ELSE position END AS rank,
        CASE WHEN rot_days > 0 THEN rot_days ELSE 30 END * 86400 AS patience
    FROM stage
),
entered AS (
    SELECT s.*, r.name AS from_stage, r.rank, r.patience
    FROM states AS s
    JOIN ranked AS r ON r.id = s.stage_id
    WHERE s.is_first AND r.kind = 'open' AND s.from_at >= $start AND s.from_at < least($end, $now)
),
fate AS (
    SELECT id AS deal_id, furthest, outcome = 'lost' AS is_lost FROM deal WHERE last_at < $now
    UNION ALL
    SELECT
        o.deal_id, max(r.rank),
        coalesce(bool_or(o.outcome = 'lost' AND (o.until_at IS NULL OR o.until_at >= $now)), false)
    FROM state AS o
    JOIN ranked AS r ON r.id = o.stage_id
    WHERE o.from_at < $now AND o.deal_id IN (SELECT id FROM deal WHERE last_at >= $now)
    GROUP BY o.deal_id
)
SELECT
    e.contact_id, e.deal_id, e.stage_id, e.from_stage, t.name AS to_stage, e.from_at AS entered_at, e.owner_id,
    CASE
        WHEN fate.furthest >= t.rank THEN 'reached'
        WHEN fate.is_lost THEN 'lost'
        WHEN e.from_at > $now - e.patience THEN 'young'
        ELSE 'open'
    END AS fate,
    e.group_id
FROM entered AS e
JOIN fate ON fate.deal_id = e.deal_id
JOIN ranked AS t ON t.pipeline_id = e.pipeline_id AND t.rank > e.rank
-- lines:
SELECT a.name AS from_stage, b.name AS to_stage, min(a.position * 1000 + least(b.position, 999)) AS place
FROM stage AS a
JOIN stage AS b ON b.pipeline_id = a.pipeline_id AND b.kind <> 'lost' AND (b.position > a.position OR b.kind = 'won')
WHERE a.kind = 'open' AND a.is_retired = 0 AND b.is_retired = 0 AND ($pipeline IS NULL OR a.pipeline_id = $pipeline)
GROUP BY ALL
