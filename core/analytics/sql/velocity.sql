-- Velocity
-- How long deals take from the day they were opened to the day they were closed: the middle (median) and the quartiles, of
-- those won in the period and of those lost in it. Deals that were opened before the end of the period and are open now are
-- a line of their own, with their time so far: leaving them out would make the pipeline look faster than it is.
WITH timed AS (
    SELECT
        *, CASE WHEN outcome = 'open' THEN greatest($now - opened_at, 0) ELSE greatest(closed_at - opened_at, 0) END AS seconds
    FROM deals
    WHERE CASE WHEN outcome = 'open' THEN opened_at < $end ELSE closed_at >= $start AND closed_at < $end END
)
SELECT contact_id, id AS deal_id, outcome, opened_at, closed_at, seconds, amount_cents, owner_id, group_id
FROM timed
-- lines:
SELECT * FROM (VALUES ('won', 1), ('lost', 2), ('open', 3)) AS every (outcome, place)
