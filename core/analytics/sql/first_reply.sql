-- Time to reply
-- How long contacts waited for a reply by hand: from the first text we had not answered to our next text by hand; several
-- texts in between are one wait. Counted by when the contact wrote. The middle (median), and the time within which nine of
-- ten were answered; waits without a reply so far are counted apart. First replies are the waits of those who wrote for
-- the first time. Automatic texts, and texts that were not delivered, are no reply.
SELECT
    contact_id, asked_at, answered_at, is_first, answered_at IS NOT NULL AS is_answered,
    answered_at - asked_at AS seconds, group_id
FROM turns
WHERE asked_at >= $start AND asked_at < $end
