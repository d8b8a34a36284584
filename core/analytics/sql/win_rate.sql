-- Win rate
-- Won deals as a share of all that were closed (won and lost). By closing: of the deals closed in each stretch of the
-- period. By opening: of the deals opened in each stretch, as far as they are closed by now; those still open are counted
-- apart, so the last stretches will move. A deal that was reopened counts by how it ended last.
WITH based AS (
    SELECT deals.*, 'closing' AS basis, closed_at AS happened_at FROM deals WHERE closed_at IS NOT NULL
    UNION ALL
    SELECT deals.*, 'opening' AS basis, opened_at AS happened_at FROM deals
)
SELECT
    contact_id, id AS deal_id, basis, step_of(happened_at) AS step, outcome, opened_at, closed_at, amount_cents, owner_id,
    group_id
FROM based
WHERE happened_at >= $start AND happened_at < $end
