-- Weighted forecast
-- Open deals by the month in which they are expected to close; without such a day they stand under a blank month. Weighted
-- is the amount times the probability of the deal's stage, rounded to the cent for each deal. Deals in stages without a
-- probability, and deals without an amount, add nothing and are counted apart. Won and lost deals are no forecast. As of
-- now: the period does not matter.
SELECT
    d.contact_id, d.id AS deal_id, d.stage_id, stage.name AS stage, d.owner_id, substr(d.expected_on, 1, 7) AS month,
    d.expected_on, d.amount_cents, CASE WHEN stage.probability >= 0 THEN stage.probability END AS probability,
    CASE WHEN stage.probability >= 0 THEN round(d.amount_cents * stage.probability)::BIGINT END AS weighted, d.group_id
FROM deals AS d
LEFT JOIN stage ON stage.id = d.stage_id
WHERE d.outcome = 'open'
