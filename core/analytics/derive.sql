-- From the raw tables, which hold a whole load or the contacts just touched, to the tables that are asked.

DELETE FROM stage;
INSERT INTO stage FROM raw_stage;

INSERT INTO source
SELECT name, (SELECT coalesce(max(code), 0) FROM source) + row_number() OVER (ORDER BY name)
FROM (SELECT DISTINCT source AS name FROM raw_conversation WHERE source NOT IN (SELECT name FROM source));

INSERT INTO fresh
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

INSERT INTO conversation FROM fresh;
INSERT INTO tagged SELECT tag_id, fresh.* EXCLUDE (name_key) FROM raw_tag JOIN fresh ON fresh.id = contact_id;
INSERT INTO staged SELECT stage_id, fresh.* EXCLUDE (name_key) FROM raw_deal JOIN fresh ON fresh.id = contact_id;

TRUNCATE fresh;
TRUNCATE raw_stage;
TRUNCATE raw_tag;
TRUNCATE raw_deal;
TRUNCATE raw_conversation;
