-- Texts to a win
-- How many texts, received and sent, lie before the day on which deals were won that were won in the period: the middle
-- (median), the quartiles, and the number that nine of ten did not need more than. Counted from the contact's first text on,
-- or since an earlier deal of theirs was closed. Texts that were not delivered are not counted.
SELECT contact_id, id AS deal_id, closed_at AS won_at, to_win AS texts, amount_cents, owner_id, group_id
FROM deals
WHERE outcome = 'won' AND closed_at >= $start AND closed_at < $end
