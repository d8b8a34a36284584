-- Gone quiet
-- Open deals of contacts who have neither written nor been written to by hand for 14 days or more, nor was the deal opened
-- since; automatic texts are no talk. By how many days ago that was: from 14, 30, 60 and 90 days on. As of now: the period
-- does not matter.
WITH silent AS (
    SELECT d.*, greatest(coalesce(talk.last_at, 0), d.opened_at) AS quiet_since
    FROM deals AS d
    LEFT JOIN talk ON talk.contact_id = d.contact_id
    WHERE d.outcome = 'open'
)
SELECT
    contact_id, id AS deal_id, stage_id, quiet_since, amount_cents, owner_id,
    CASE
        WHEN quiet_since <= $now - 90 * 86400 THEN 90 WHEN quiet_since <= $now - 60 * 86400 THEN 60
        WHEN quiet_since <= $now - 30 * 86400 THEN 30 ELSE 14
    END AS from_days,
    group_id
FROM silent
WHERE quiet_since <= $now - 14 * 86400
-- lines:
SELECT days AS from_days, days AS place FROM (VALUES (14), (30), (60), (90)) AS every (days)
