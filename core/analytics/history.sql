-- From the raw rows of contacts, of all in a load and of those just touched later, to what became of them over time.

-- What is known of each deal, oldest first: how it began (turn 0), what its history says (1), and what the deal is, where
-- the history does not end with that (2). Before its first known stage a deal is open in a stage not known, from the day
-- it was opened on, with the first amount known. A file may name days to come: what it brought counts from its import on.
INSERT INTO state
WITH entry AS (
    SELECT
        e.contact_id, e.deal_id, e.id, e.from_stage_id, e.to_stage_id, e.amount_before, e.amount_after,
        CASE WHEN e.event_id = d.event_id THEN least(e.happened_at, d.known_at) ELSE e.happened_at END AS from_at
    FROM raw_entry AS e
    JOIN raw_deal AS d ON d.contact_id = e.contact_id AND d.id = e.deal_id
),
edge AS (
    SELECT
        deal_id,
        arg_min(struct_pack(a := from_at, b := from_stage_id, c := amount_before, d := amount_after), (from_at, id)) AS first,
        arg_max(struct_pack(a := from_at, b := to_stage_id, c := amount_after), (from_at, id)) AS last
    FROM entry
    GROUP BY deal_id
),
line AS (
    SELECT deal_id, 1 AS turn, id, from_at, to_stage_id AS stage_id, amount_after AS amount_cents FROM entry
    UNION ALL
    SELECT
        d.id, 0, 0, least(d.opened_at, d.known_at, edge.first.a), coalesce(edge.first.b, -d.pipeline_id),
        CASE WHEN edge.first.b IS NULL THEN edge.first.d ELSE edge.first.c END
    FROM raw_deal AS d
    JOIN edge ON edge.deal_id = d.id
    WHERE edge.first.b IS NOT NULL OR d.opened_at < edge.first.a
    UNION ALL
    SELECT
        d.id, 2, 0,
        CASE WHEN edge.deal_id IS NULL THEN least(d.opened_at, d.known_at) ELSE greatest(d.changed_at, edge.last.a) END,
        d.stage_id, d.amount_cents
    FROM raw_deal AS d
    LEFT JOIN edge ON edge.deal_id = d.id
    WHERE edge.deal_id IS NULL OR edge.last.b <> d.stage_id OR edge.last.c IS DISTINCT FROM d.amount_cents
),
ordered AS (
    SELECT
        d.contact_id, d.id AS deal_id, coalesce(stage.pipeline_id, d.pipeline_id) AS pipeline_id, line.stage_id,
        CASE WHEN lead(line.turn) OVER one IS NULL THEN d.outcome ELSE coalesce(stage.kind, 'open') END AS outcome,
        d.owner_id, line.amount_cents, line.from_at, lead(line.from_at) OVER one AS until_at, line.turn, line.id,
        lag(line.stage_id) OVER one AS before_stage_id, lag(stage.kind) OVER one AS before_kind,
        lag(line.amount_cents) OVER one AS before_amount,
        lag(coalesce(stage.pipeline_id, d.pipeline_id)) OVER one AS before_pipeline_id
    FROM line
    JOIN raw_deal AS d ON d.id = line.deal_id
    LEFT JOIN stage ON stage.id = line.stage_id
    WINDOW one AS (PARTITION BY line.deal_id ORDER BY line.from_at, line.turn, line.id)
),
stayed AS (
    SELECT *, before_stage_id IS DISTINCT FROM stage_id AS enters FROM ordered
)
SELECT
    contact_id, deal_id, pipeline_id, stage_id, outcome, owner_id, amount_cents, from_at, until_at, before_stage_id,
    CASE WHEN before_stage_id IS NOT NULL THEN coalesce(before_kind, 'open') END, before_amount, before_pipeline_id, enters,
    CASE WHEN enters THEN lead(from_at) OVER stays END,
    enters AND row_number() OVER (PARTITION BY deal_id, stage_id ORDER BY from_at, turn, id) = 1
FROM stayed
WINDOW stays AS (PARTITION BY deal_id, enters ORDER BY from_at, turn, id);

-- Deals as they are. What a guess says of the time before the first known stage is no quote.
INSERT INTO deal
WITH course AS (
    SELECT
        deal_id, min(from_at) AS opened_at, max(from_at) FILTER (enters) AS entered_at,
        min(from_at) FILTER (amount_cents IS NOT NULL AND stage_id > 0) AS quoted_at
    FROM state
    WHERE deal_id IN (SELECT id FROM raw_deal)
    GROUP BY deal_id
),
known AS (
    SELECT
        d.contact_id, d.id, d.pipeline_id, d.stage_id, d.outcome, d.owner_id, d.amount_cents, course.opened_at,
        course.entered_at, CASE WHEN d.outcome <> 'open' THEN coalesce(d.closed_at, course.entered_at) END AS closed_at,
        d.expected_on, d.lost_reason, course.quoted_at
    FROM raw_deal AS d
    JOIN course ON course.deal_id = d.id
),
begun AS (
    SELECT
        one.id, one.contact_id, one.quoted_at, CASE WHEN one.outcome = 'won' THEN one.closed_at END AS won_at,
        coalesce((
            SELECT max(other.closed_at) FROM known AS other
            WHERE other.contact_id = one.contact_id AND other.id <> one.id AND other.closed_at <= one.opened_at
        ), 0) AS since
    FROM known AS one
),
said AS (
    SELECT
        begun.id,
        count(*) FILTER (t.sent_at < begun.quoted_at) AS to_quote,
        count(*) FILTER (t.sent_at < begun.won_at) AS to_win
    FROM begun
    JOIN raw_text AS t ON t.contact_id = begun.contact_id
    WHERE t.kind <> 3 AND t.sent_at >= begun.since
    GROUP BY begun.id
)
SELECT
    known.*,
    CASE WHEN known.quoted_at IS NOT NULL THEN coalesce(said.to_quote, 0) END,
    CASE WHEN known.outcome = 'won' THEN coalesce(said.to_win, 0) END
FROM known
LEFT JOIN said ON said.id = known.id;

INSERT INTO text SELECT contact_id, id, kind, sent_at FROM raw_text;

-- Texts of a contact that lie between two of ours sent by hand are one turn; the later of the two answers it.
INSERT INTO turn
WITH numbered AS (
    SELECT
        contact_id, kind, sent_at,
        count(*) FILTER (kind = 1) OVER (
            PARTITION BY contact_id ORDER BY sent_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS place
    FROM raw_text
    WHERE kind < 2
),
turned AS (
    SELECT
        contact_id, place, min(sent_at) FILTER (kind = 0) AS asked_at, max(sent_at) FILTER (kind = 1) AS answered_at
    FROM numbered
    GROUP BY contact_id, place
    HAVING count(*) FILTER (kind = 0) > 0
)
SELECT
    contact_id, asked_at, answered_at,
    place = min(place) OVER (PARTITION BY contact_id), place = max(place) OVER (PARTITION BY contact_id)
FROM turned;

INSERT INTO talk SELECT contact_id, max(sent_at) FROM raw_text WHERE kind < 2 GROUP BY contact_id;

INSERT INTO enrolled SELECT DISTINCT contact_id, workflow_id FROM raw_run;

INSERT INTO texted SELECT DISTINCT contact_id, template_id FROM raw_text WHERE template_id IS NOT NULL AND kind <> 3;

-- How many texts of the contact lie before each of ours says whether one came before the next.
INSERT INTO send
WITH asked AS (
    SELECT contact_id FROM raw_text WHERE enrollment_id IS NOT NULL OR template_id IS NOT NULL GROUP BY contact_id
),
counted AS (
    SELECT
        contact_id, id, kind, sent_at, enrollment_id, template_id,
        count(*) FILTER (kind = 0) OVER (
            PARTITION BY contact_id ORDER BY sent_at, id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS received,
        count(*) FILTER (kind = 0) OVER (PARTITION BY contact_id) AS received_ever
    FROM raw_text
    WHERE kind <> 3 AND contact_id IN (SELECT contact_id FROM asked)
),
sent AS (
    SELECT
        contact_id, id, sent_at, enrollment_id, template_id, received,
        coalesce(lead(received) OVER every, received_ever) AS received_any, lead(sent_at) OVER every AS until_any,
        coalesce(lead(received) OVER run, received_ever) AS received_run, lead(sent_at) OVER run AS until_run,
        row_number() OVER run AS place
    FROM counted
    WHERE kind <> 0
    WINDOW every AS (PARTITION BY contact_id ORDER BY sent_at, id),
        run AS (PARTITION BY contact_id, enrollment_id ORDER BY sent_at, id)
),
out AS (
    SELECT
        sent.contact_id, sent.id, bool_or(sent.until_run IS NULL OR o.happened_at < sent.until_run) AS out_run,
        bool_or(sent.until_any IS NULL OR o.happened_at < sent.until_any) AS out_any
    FROM sent
    JOIN raw_out AS o ON o.contact_id = sent.contact_id AND o.happened_at >= sent.sent_at
    GROUP BY ALL
)
SELECT
    sent.contact_id, sent.id, sent.sent_at, run.workflow_id, CASE WHEN run.id IS NOT NULL THEN sent.place END,
    sent.template_id, sent.received_run > sent.received AND NOT coalesce(out.out_run, false), coalesce(out.out_run, false),
    sent.received_any > sent.received AND NOT coalesce(out.out_any, false), coalesce(out.out_any, false)
FROM sent
LEFT JOIN raw_run AS run ON run.contact_id = sent.contact_id AND run.id = sent.enrollment_id
LEFT JOIN out ON out.contact_id = sent.contact_id AND out.id = sent.id
WHERE sent.template_id IS NOT NULL OR run.id IS NOT NULL;
