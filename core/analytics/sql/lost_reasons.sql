-- Why deals were lost
-- Deals lost in the period (by the day they were closed) by the reason given; a blank reason means that none was. Sums are
-- of the amounts last quoted; deals without an amount add nothing and are counted apart.
SELECT contact_id, id AS deal_id, lost_reason AS reason, closed_at, amount_cents, stage_id, owner_id, group_id
FROM deals
WHERE outcome = 'lost' AND closed_at >= $start AND closed_at < $end
