-- Per household: zeker when any zeker ground stands; else the grounds are onzeker, and a nee of the
-- Inlichtingenbureau takes them away. Having a regeling itself this year is no ground for that regeling, unless
-- it is granted per child: the household already has it. So each of those gets a row of its own, for what the
-- other grounds say. The classes come from the rows of run_grond.
WITH grond AS MATERIALIZED (
    SELECT g.huishouden, g.bron, g.jaar_offset, k.klasse
    FROM blackbox.run_gebruik_%(run)s g
    JOIN blackbox.run_grond k ON k.run = %(run)s AND k.bron = g.bron AND k.jaar_offset = g.jaar_offset
    WHERE g.volwassen
    UNION ALL
    SELECT t.huishouden, k.bron, k.jaar_offset, k.klasse
    FROM blackbox.run_toets_%(run)s t
    JOIN blackbox.run_grond k ON k.run = %(run)s AND k.bron = 'ib_toets'
    WHERE t.uitslag = 'ja'
),
alle AS (
    SELECT
        huishouden,
        count(*) FILTER (WHERE klasse = 'zeker') AS zeker,
        count(*) FILTER (WHERE klasse = 'onzeker') AS onzeker
    FROM grond
    GROUP BY huishouden
),
eigen AS (
    SELECT
        g.huishouden,
        r.regeling,
        count(*) FILTER (WHERE g.klasse = 'zeker') AS zeker,
        count(*) FILTER (WHERE g.klasse = 'onzeker') AS onzeker
    FROM grond g
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = g.bron AND NOT r.per_kind
    WHERE g.jaar_offset = 0
    GROUP BY g.huishouden, r.regeling
),
over AS (
    SELECT huishouden, '' AS regeling, zeker, onzeker
    FROM alle
    UNION ALL
    SELECT e.huishouden, e.regeling, a.zeker - e.zeker, a.onzeker - e.onzeker
    FROM eigen e
    JOIN alle a ON a.huishouden = e.huishouden
)
INSERT INTO blackbox.run_klasse_%(run)s (run, huishouden, regeling, klasse)
SELECT
    %(run)s,
    o.huishouden,
    o.regeling,
    CASE
        WHEN o.zeker > 0 THEN 'zeker'
        WHEN o.onzeker = 0 THEN 'geen'
        WHEN t.uitslag = 'nee' THEN 'toets_nee'
        ELSE 'onzeker'
    END
FROM over o
LEFT JOIN blackbox.run_toets_%(run)s t ON t.huishouden = o.huishouden;
