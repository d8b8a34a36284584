-- Created, won and lost
-- Deals created in the period (by the day they were opened), won and lost (by the day they were closed), beside the equal
-- number of days just before it ("before"). A deal that was reopened counts by how it ended last. Sums are of the amounts
-- that the deals have now; deals without an amount add nothing.
WITH dated AS (
    SELECT deals.*, 'created' AS what, opened_at AS happened_at FROM deals
    UNION ALL
    SELECT deals.*, outcome AS what, closed_at AS happened_at FROM deals WHERE closed_at IS NOT NULL
)
SELECT
    contact_id, id AS deal_id, what, happened_at, stage_id, outcome, amount_cents, owner_id,
    CASE WHEN happened_at >= $start THEN 'now' ELSE 'before' END AS period,
    step_of(happened_at) AS step, group_id
FROM dated
WHERE happened_at >= $before AND happened_at < $end
