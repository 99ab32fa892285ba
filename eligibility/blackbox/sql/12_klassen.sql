-- Per household and regeling: zeker when any zeker ground stands; else the grounds are onzeker, and a nee of
-- the Inlichtingenbureau takes them away. Having the regeling itself this year is a ground only where it is
-- granted per child: else the household already has it, and that one does not count. The classes come from
-- the rows of run_grond.
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
)
INSERT INTO blackbox.run_klasse_%(run)s (run, huishouden, regeling, klasse)
SELECT
    %(run)s,
    a.huishouden,
    r.regeling,
    CASE
        WHEN a.zeker > COALESCE(e.zeker, 0) THEN 'zeker'
        WHEN t.uitslag = 'nee' THEN 'toets_nee'
        ELSE 'onzeker'
    END
FROM alle a
JOIN blackbox.run_regeling r ON r.run = %(run)s
LEFT JOIN eigen e ON e.huishouden = a.huishouden AND e.regeling = r.regeling
LEFT JOIN blackbox.run_toets_%(run)s t ON t.huishouden = a.huishouden
WHERE a.zeker > COALESCE(e.zeker, 0) OR a.onzeker > COALESCE(e.onzeker, 0);
