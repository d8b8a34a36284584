-- Replies by workflow step
-- Contacts who were sent a text of a workflow in the period, by workflow and by the place of the text in its run (1 is the
-- first text); of these, those who replied before the next text of the run, and, apart from them, those who opted out
-- before it. Each contact counts once for a step. Texts that were not delivered are not counted.
SELECT
    s.contact_id, s.workflow_id, coalesce(label.name, 'no workflow') AS workflow, s.place AS text, min(s.sent_at) AS sent_at,
    bool_or(s.replied_run) AS replied, bool_or(s.out_run) AS opted_out, s.group_id
FROM sends AS s
LEFT JOIN label ON label.kind = 'workflow' AND label.id = s.workflow_id
WHERE s.workflow_id IS NOT NULL AND s.sent_at >= $start AND s.sent_at < $end
GROUP BY s.contact_id, s.workflow_id, label.name, s.place, s.group_id
