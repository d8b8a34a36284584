-- Waiting for a reply
-- Conversations whose contact has written and not been answered by hand since, by how long ago the first unanswered text
-- came: from 0, 1, 4, 24, 72 and 168 hours on. Archived conversations and contacts who opted out wait for nothing. As of
-- now: the period does not matter.
WITH waiting AS (
    SELECT t.*, greatest($now - t.asked_at, 0) AS seconds
    FROM turns AS t
    JOIN conversation AS c ON c.id = t.contact_id
    WHERE t.is_last AND t.answered_at IS NULL AND c.flags & 33 = 0  -- archived 1, opted out 32
)
SELECT
    contact_id, asked_at, seconds,
    CASE
        WHEN seconds >= 168 * 3600 THEN 168 WHEN seconds >= 72 * 3600 THEN 72 WHEN seconds >= 24 * 3600 THEN 24
        WHEN seconds >= 4 * 3600 THEN 4 WHEN seconds >= 3600 THEN 1 ELSE 0
    END AS from_hours,
    group_id
FROM waiting
-- lines:
SELECT hours AS from_hours, hours AS place FROM (VALUES (0), (1), (4), (24), (72), (168)) AS every (hours)
