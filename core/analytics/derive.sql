-- From the raw tables of a whole load to the tables that are asked. What derived.py does for the contacts just touched.

CREATE TABLE source AS
SELECT name, row_number() OVER (ORDER BY name) AS code FROM (SELECT DISTINCT source AS name FROM raw_conversation);

CREATE TABLE tagged AS SELECT contact_id, list(tag_id ORDER BY tag_id) AS ids FROM raw_tag GROUP BY contact_id;
CREATE TABLE tags AS
SELECT ids, row_number() OVER (ORDER BY count(*) DESC, ids) AS tag_code FROM tagged GROUP BY ids;
INSERT INTO tag_set SELECT tag_code, unnest(ids) FROM tags;

CREATE TABLE staged AS
SELECT contact_id, list(DISTINCT stage_id ORDER BY stage_id) AS ids FROM raw_deal GROUP BY contact_id;
CREATE TABLE stages AS
SELECT ids, row_number() OVER (ORDER BY count(*) DESC, ids) AS stage_code FROM staged GROUP BY ids;
INSERT INTO stage_set SELECT stage_code, unnest(ids) FROM stages;

INSERT INTO conversation
SELECT
    c.id, c.activity_key, c.name_key, c.flags, c.owner_id, source.code, c.amount_key,
    coalesce(t.tag_code, 0), coalesce(t.tags_0, 0), coalesce(t.tags_1, 0),
    coalesce(s.stage_code, 0), coalesce(s.stages_0, 0)
FROM raw_conversation AS c
JOIN source ON source.name = c.source
LEFT JOIN (
    SELECT contact_id, tag_code, tags_0, tags_1
    FROM tagged
    JOIN tags USING (ids)
    LEFT JOIN (
        SELECT tag_code, bit_or(tags_0) AS tags_0, bit_or(tags_1) AS tags_1
        FROM tag_set JOIN tag_bit USING (tag_id) GROUP BY tag_code
    ) USING (tag_code)
) AS t ON t.contact_id = c.id
LEFT JOIN (
    SELECT contact_id, stage_code, stages_0
    FROM staged
    JOIN stages USING (ids)
    LEFT JOIN (
        SELECT stage_code, bit_or(stages_0) AS stages_0
        FROM stage_set JOIN stage_bit USING (stage_id) GROUP BY stage_code
    ) USING (stage_code)
) AS s ON s.contact_id = c.id
-- So that what is recent lies together and the rest is skipped.
ORDER BY c.activity_key DESC;

DROP TABLE raw_tag;
DROP TABLE raw_conversation;
DROP TABLE tagged;
DROP TABLE staged;
