-- Time in stage
-- How long deals stayed in an open stage, each time they came into it in the period. Of those that have left: the middle
-- (median) and the quartiles of the time from entering to leaving. Those that are there still are counted apart, with the
-- middle of their time so far: their time is not over, so it is never mixed with the others, nor left out. By now means
-- before the moment of the figures, or the day asked for.
SELECT
    s.contact_id, s.deal_id, s.stage_id, stage.name AS stage, s.from_at AS entered_at, s.left_at, s.owner_id,
    coalesce(s.left_at < $now, false) AS has_left, least(coalesce(s.left_at, $now), $now) - s.from_at AS seconds, s.group_id
FROM states AS s
JOIN stage ON stage.id = s.stage_id
WHERE s.enters AND s.outcome = 'open' AND s.from_at >= $start AND s.from_at < least($end, $now)
-- lines:
SELECT name AS stage, min(position) AS place
FROM stage
WHERE is_retired = 0 AND kind = 'open' AND ($pipeline IS NULL OR pipeline_id = $pipeline)
GROUP BY name
