-- Texts to a quote
-- How many texts, received and sent, lie before the first amount of the deals that were quoted in the period: the middle
-- (median), the quartiles, and the number that nine of ten did not need more than. Counted from the contact's first text on,
-- or since an earlier deal of theirs was closed. Texts that were not delivered are not counted.
SELECT contact_id, id AS deal_id, quoted_at, to_quote AS texts, amount_cents, owner_id, group_id
FROM deals
WHERE quoted_at >= $start AND quoted_at < $end
