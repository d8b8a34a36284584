-- Funnel
-- Deals that came into each stage in the period for the first time, each once however often it came back. Of these: how
-- many have come to a later stage of their pipeline by now ("advanced"; won is the last), how many are lost without that,
-- how many are too young to judge (still open, and entered fewer days ago than the stage's days until a deal is stale, or
-- 30), and how many have stayed longer ("waiting"). The rate is of those that are not too young. Stages of the same name
-- in several pipelines are one line. By now means before the moment of the figures, or the day asked for.
WITH ranked AS (
    SELECT
        id, name, kind, CASE WHEN kind = 'won' THEN 1000000 WHEN kind = 'lost' THEN -1 ELSE position END AS rank,
        CASE WHEN rot_days > 0 THEN rot_days ELSE 30 END * 86400 AS patience
    FROM stage
),
entered AS (
    SELECT s.*, r.name AS stage, r.rank, r.kind, r.patience
    FROM states AS s
    JOIN ranked AS r ON r.id = s.stage_id
    WHERE s.is_first AND r.kind <> 'lost' AND s.from_at >= $start AND s.from_at < least($end, $now)
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
    e.contact_id, e.deal_id, e.stage_id, e.stage, e.from_at AS entered_at, e.left_at, e.owner_id,
    CASE
        WHEN e.kind = 'won' THEN 'won'
        WHEN fate.furthest > e.rank THEN 'advanced'
        WHEN fate.is_lost THEN 'lost'
        WHEN e.from_at > $now - e.patience THEN 'young'
        ELSE 'waiting'
    END AS fate,
    e.group_id
FROM entered AS e
JOIN fate ON fate.deal_id = e.deal_id
-- lines:
SELECT name AS stage, min(CASE WHEN kind = 'won' THEN 1000000 ELSE position END) AS place
FROM stage
WHERE is_retired = 0 AND kind <> 'lost' AND ($pipeline IS NULL OR pipeline_id = $pipeline)
GROUP BY name
