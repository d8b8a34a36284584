-- From the raw tables of a whole load to the tables that are asked. What derived.py does for the contacts just touched.

INSERT INTO source
SELECT name, row_number() OVER (ORDER BY name) FROM (SELECT DISTINCT source AS name FROM raw_conversation);

INSERT INTO conversation
SELECT
    c.id, c.activity_key, c.name_key, c.flags, c.owner_id, source.code, c.amount_key,
    coalesce(t.tags_0, 0), coalesce(t.tags_1, 0), coalesce(s.stages_0, 0)
FROM raw_conversation AS c
JOIN source ON source.name = c.source
LEFT JOIN (
    SELECT contact_id, bit_or(tags_0) AS tags_0, bit_or(tags_1) AS tags_1
    FROM raw_tag JOIN tag_bit USING (tag_id) GROUP BY contact_id
) AS t ON t.contact_id = c.id
LEFT JOIN (
    SELECT contact_id, bit_or(stages_0) AS stages_0
    FROM raw_deal JOIN stage_bit USING (stage_id) GROUP BY contact_id
) AS s ON s.contact_id = c.id
-- So that what is recent lies together and the rest is skipped.
ORDER BY c.activity_key DESC;

INSERT INTO tagged
SELECT tag_id, conversation.* EXCLUDE (name_key) FROM raw_tag JOIN conversation ON conversation.id = contact_id;

INSERT INTO staged
SELECT stage_id, contact_id FROM raw_deal WHERE stage_id NOT IN (SELECT stage_id FROM stage_bit);

DROP TABLE raw_tag;
DROP TABLE raw_deal;
DROP TABLE raw_conversation;
