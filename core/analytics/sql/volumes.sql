-- Texts by hour and weekday
-- Texts of the period by the weekday (1 is Monday) and the hour in which they were received or sent, in the zone shown:
-- received, sent by hand, sent automatically (workflows, texts to many, answers to opt-outs), and sent but not delivered.
SELECT
    contact_id, id AS message_id, kind, sent_at, (local(sent_at) // 86400 + 3) % 7 + 1 AS weekday,
    local(sent_at) // 3600 % 24 AS hour, group_id
FROM texts
WHERE sent_at >= $start AND sent_at < $end
-- lines:
SELECT weekday, hour, weekday * 24 + hour AS place FROM range(1, 8) AS days (weekday), range(24) AS hours (hour)
