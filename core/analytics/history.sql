-- From the raw rows of contacts, of all in a load and of those just touched later, to what became of them over time.

-- What is known of each deal, oldest first: how it began (turn 0), what its history says (1), and what the deal is, where
-- the history does not end with that (2). Before its first known stage a deal is open in a stage not known, from the day
-- it was opened on, with the first amount known. A file may name days to come: what it brought counts from its import on.
INSERT INTO state
WITH entry AS (
    SELECT
        e.deal_id, e.id, e.from_stage_id, e.to_stage_id, e.amount_before, e.amount_after,
        CASE WHEN e.event_id = d.event_id THEN least(e.happened_at, d.known_at) ELSE e.happened_at END AS from_at
    FROM raw_entry AS e
    JOIN raw_deal AS d ON d.contact_id = e.contact_id AND d.id = e.deal_id
),
placed AS (
    SELECT *, lag(id) OVER one IS NULL AS is_oldest, lead(id) OVER one IS NULL AS is_newest
    FROM entry
    WINDOW one AS (PARTITION BY deal_id ORDER BY from_at, id)
),
line AS (
    SELECT deal_id, 1 AS turn, id, from_at, to_stage_id AS stage_id, amount_after AS amount_cents FROM placed
    UNION ALL
    SELECT
        d.id, 0, 0, least(d.opened_at, d.known_at, p.from_at), coalesce(p.from_stage_id, -d.pipeline_id),
        CASE WHEN p.from_stage_id IS NULL THEN p.amount_after ELSE p.amount_before END
    FROM placed AS p
    JOIN raw_deal AS d ON d.id = p.deal_id
    WHERE p.is_oldest AND (p.from_stage_id IS NOT NULL OR d.opened_at < p.from_at)
    UNION ALL
    SELECT d.id, 2, 0, greatest(d.changed_at, p.from_at), d.stage_id, d.amount_cents
    FROM placed AS p
    JOIN raw_deal AS d ON d.id = p.deal_id
    WHERE p.is_newest AND (p.to_stage_id <> d.stage_id OR p.amount_after IS DISTINCT FROM d.amount_cents)
    UNION ALL
    SELECT id, 2, 0, least(opened_at, known_at), stage_id, amount_cents
    FROM raw_deal
    WHERE id NOT IN (SELECT deal_id FROM entry)
),
ordered AS (
    SELECT
        deal_id, stage_id, amount_cents, from_at, turn, id, lead(from_at) OVER one AS until_at,
        lag(stage_id) OVER one AS before_stage_id, lag(amount_cents) OVER one AS before_amount
    FROM line
    WINDOW one AS (PARTITION BY deal_id ORDER BY from_at, turn, id)
),
stayed AS (
    SELECT
        *, lead(from_at) OVER (PARTITION BY deal_id, before_stage_id IS DISTINCT FROM stage_id ORDER BY from_at, turn, id)
            AS left_at,
        row_number() OVER (PARTITION BY deal_id, stage_id ORDER BY from_at, turn, id) = 1 AS is_first
    FROM ordered
)
SELECT
    d.contact_id, d.id, coalesce(stage.pipeline_id, d.pipeline_id), s.stage_id,
    CASE WHEN s.until_at IS NULL THEN d.outcome ELSE coalesce(stage.kind, 'open') END, d.owner_id, s.amount_cents, s.from_at,
    s.until_at, s.before_stage_id, CASE WHEN s.before_stage_id IS NOT NULL THEN coalesce(before.kind, 'open') END,
    s.before_amount, CASE WHEN s.before_stage_id IS NOT NULL THEN coalesce(before.pipeline_id, d.pipeline_id) END,
    s.before_stage_id IS DISTINCT FROM s.stage_id,
    CASE WHEN s.before_stage_id IS DISTINCT FROM s.stage_id THEN s.left_at END, s.is_first
FROM stayed AS s
JOIN raw_deal AS d ON d.id = s.deal_id
LEFT JOIN stage ON stage.id = s.stage_id
LEFT JOIN stage AS before ON before.id = s.before_stage_id;

-- Deals as they are. What a guess says of the time before the first known stage is no quote.
INSERT INTO deal
WITH course AS (
    SELECT
        deal_id, min(from_at) AS opened_at, max(from_at) FILTER (enters) AS entered_at,
        min(from_at) FILTER (amount_cents IS NOT NULL AND stage_id > 0) AS quoted_at, max(from_at) AS last_at,
        max(CASE stage.kind WHEN 'won' THEN 1000000 WHEN 'lost' THEN -1 ELSE stage.position END) AS furthest
    FROM state
    LEFT JOIN stage ON stage.id = state.stage_id
    WHERE deal_id IN (SELECT id FROM raw_deal)
    GROUP BY deal_id
),
known AS (
    SELECT
        d.contact_id, d.id, d.pipeline_id, d.stage_id, d.outcome, d.owner_id, d.amount_cents, course.opened_at,
        course.entered_at, CASE WHEN d.outcome <> 'open' THEN coalesce(d.closed_at, course.entered_at) END AS closed_at,
        d.expected_on, d.lost_reason, course.quoted_at, course.furthest, course.last_at
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

INSERT INTO talk SELECT contact_id, max(sent_at) FROM raw_text WHERE kind < 2 GROUP BY contact_id;

INSERT INTO enrolled SELECT DISTINCT contact_id, workflow_id FROM raw_run;

INSERT INTO texted SELECT DISTINCT contact_id, template_id FROM raw_text WHERE template_id IS NOT NULL AND kind <> 3;

-- Texts in their order; how many of the contact's, and how many of ours sent by hand, came up to each.
CREATE OR REPLACE TEMP TABLE told AS
SELECT
    contact_id, id, kind, sent_at, enrollment_id, template_id, count(*) FILTER (kind = 0) OVER until_here AS received,
    count(*) FILTER (kind = 1) OVER until_here AS by_hand,
    coalesce(lead(kind) OVER (PARTITION BY contact_id ORDER BY sent_at, id) = 0, false) AS is_answered
FROM raw_text
WHERE kind <> 3
WINDOW until_here AS (PARTITION BY contact_id ORDER BY sent_at, id ROWS UNBOUNDED PRECEDING);

-- Texts of a contact that lie between two of ours sent by hand are one turn; the later of the two answers it.
INSERT INTO turn
WITH turned AS (
    SELECT
        contact_id, by_hand - (kind = 1)::BIGINT AS place, min(sent_at) FILTER (kind = 0) AS asked_at,
        max(sent_at) FILTER (kind = 1) AS answered_at
    FROM told
    WHERE kind < 2
    GROUP BY ALL
    HAVING count(*) FILTER (kind = 0) > 0
),
edge AS (
    SELECT contact_id, min(place) AS first, max(place) AS last FROM turned GROUP BY contact_id
)
SELECT turned.contact_id, asked_at, answered_at, place = edge.first, place = edge.last
FROM turned
JOIN edge ON edge.contact_id = turned.contact_id;

-- Whether a text of the contact came before the next one of a run is told by how many there were up to each.
INSERT INTO send
WITH ever AS (
    SELECT contact_id, max(received) AS received FROM told GROUP BY contact_id
),
run AS (
    SELECT
        t.contact_id, t.id, r.workflow_id, row_number() OVER this AS place, lead(t.sent_at) OVER this AS until,
        coalesce(lead(t.received) OVER this, ever.received) > t.received AS is_answered
    FROM told AS t
    JOIN ever ON ever.contact_id = t.contact_id
    JOIN raw_run AS r ON r.contact_id = t.contact_id AND r.id = t.enrollment_id
    WHERE t.kind <> 0
    WINDOW this AS (PARTITION BY t.contact_id, t.enrollment_id ORDER BY t.sent_at, t.id)
),
sent AS (
    SELECT t.contact_id, t.id, t.sent_at, t.template_id, t.is_answered, run.workflow_id, run.place, run.until,
        coalesce(run.is_answered, t.is_answered) AS is_answered_run
    FROM told AS t
    LEFT JOIN run ON run.contact_id = t.contact_id AND run.id = t.id
    WHERE t.kind <> 0 AND (t.template_id IS NOT NULL OR run.id IS NOT NULL)
),
ours AS (
    SELECT contact_id, id, sent_at, lead(sent_at) OVER (PARTITION BY contact_id ORDER BY sent_at, id) AS until
    FROM told
    WHERE kind <> 0 AND contact_id IN (SELECT contact_id FROM raw_out)
),
out AS (
    SELECT
        sent.contact_id, sent.id, bool_or(sent.until IS NULL OR o.happened_at < sent.until) AS of_run,
        bool_or(ours.until IS NULL OR o.happened_at < ours.until) AS of_any
    FROM sent
    JOIN ours ON ours.contact_id = sent.contact_id AND ours.id = sent.id
    JOIN raw_out AS o ON o.contact_id = sent.contact_id AND o.happened_at >= sent.sent_at
    GROUP BY ALL
)
SELECT
    sent.contact_id, sent.id, sent.sent_at, sent.workflow_id, sent.place, sent.template_id,
    sent.is_answered_run AND NOT coalesce(out.of_run, false), coalesce(out.of_run, false),
    sent.is_answered AND NOT coalesce(out.of_any, false), coalesce(out.of_any, false)
FROM sent
LEFT JOIN out ON out.contact_id = sent.contact_id AND out.id = sent.id;

DROP TABLE told;
