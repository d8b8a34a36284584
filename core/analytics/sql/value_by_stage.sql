-- Deals by stage
-- Where deals stand: how many are in each stage, the sum of their amounts, and how many of them have no amount (those add
-- nothing to the sum). Open value is the sum over open deals. A deal is open, won or lost by its outcome. Asked for a day
-- in the past, it shows the stage, outcome and amount that each deal had then; before its first known stage a deal is open
-- in a stage not known, from the day it was opened, with the first amount known. Owner, tags and source are those of today.
-- The period does not matter.
SELECT
    s.contact_id, s.deal_id, s.stage_id, coalesce(stage.name, 'Not known') AS stage, s.outcome, s.amount_cents,
    s.from_at AS since, s.owner_id, s.group_id
FROM states AS s
LEFT JOIN stage ON stage.id = s.stage_id
WHERE CASE WHEN $at IS NULL THEN s.until_at IS NULL ELSE s.from_at < $at AND (s.until_at IS NULL OR s.until_at >= $at) END
-- lines:
SELECT name AS stage, kind AS outcome, min(position) AS place
FROM stage
WHERE is_retired = 0 AND ($pipeline IS NULL OR pipeline_id = $pipeline)
GROUP BY ALL
