-- Per household and regeling: zeker when any zeker ground stands; else the grounds are onzeker, and a nee of
-- the Inlichtingenbureau takes them away. Having the regeling itself this year is a ground only where it is
-- granted per child: else the household already has it. The classes come from the rows of run_grond.
WITH grond AS (
    SELECT g.huishouden, g.bron, g.jaar_offset, k.klasse
    FROM blackbox.run_gebruik g
    JOIN blackbox.run_grond k ON k.run = %(run)s AND k.bron = g.bron AND k.jaar_offset = g.jaar_offset
    WHERE g.run = %(run)s
    GROUP BY g.huishouden, g.bron, g.jaar_offset, k.klasse
    UNION ALL
    SELECT t.huishouden, k.bron, k.jaar_offset, k.klasse
    FROM blackbox.run_toets t
    JOIN blackbox.run_grond k ON k.run = %(run)s AND k.bron = 'ib_toets'
    WHERE t.run = %(run)s AND t.uitslag = 'ja'
),
per_regeling AS (
    SELECT g.huishouden, r.regeling, bool_or(g.klasse = 'zeker') AS zeker
    FROM grond g
    JOIN blackbox.run_regeling r
        ON r.run = %(run)s AND (r.per_kind OR r.regeling <> g.bron OR g.jaar_offset <> 0)
    GROUP BY g.huishouden, r.regeling
)
INSERT INTO blackbox.run_klasse (run, huishouden, regeling, klasse)
SELECT
    %(run)s,
    p.huishouden,
    p.regeling,
    CASE WHEN p.zeker THEN 'zeker' WHEN t.uitslag = 'nee' THEN 'toets_nee' ELSE 'onzeker' END
FROM per_regeling p
LEFT JOIN blackbox.run_toets t ON t.run = %(run)s AND t.huishouden = p.huishouden;
