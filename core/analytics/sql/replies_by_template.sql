-- Replies by template
-- Contacts who were sent a text made from a template in the period; of these, those who replied before our next text to
-- them, and, apart from them, those who opted out before it. Each contact counts once for a template. Texts that were not
-- delivered are not counted.
SELECT
    s.contact_id, s.template_id, coalesce(label.name, 'no template') AS template, min(s.sent_at) AS sent_at,
    bool_or(s.replied_any) AS replied, bool_or(s.out_any) AS opted_out, s.group_id
FROM sends AS s
LEFT JOIN label ON label.kind = 'template' AND label.id = s.template_id
WHERE s.template_id IS NOT NULL AND s.sent_at >= $start AND s.sent_at < $end
GROUP BY s.contact_id, s.template_id, label.name, s.group_id
