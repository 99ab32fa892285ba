-- Why each person who came out of a run did: what was used about him, and what came of it. Read by the worker alone, in
-- the transaction of the handover, and sealed before it is written anywhere. The order is that of random keys.
WITH mens AS MATERIALIZED (
    SELECT n.person_id, n.persoon, n.huishouden, n.volwassen, m.bsn
    FROM blackbox.run_naar_persoon_%(run)s n
    JOIN blackbox.run_lid_%(run)s m ON m.persoon = n.persoon
),
-- Rows of client files on his own BSN, or granted for him as a child. A class only counts on an adult.
gebruik AS MATERIALIZED (
    SELECT g.persoon, g.bron, g.jaar_offset, k.klasse
    FROM blackbox.run_gebruik_%(run)s g
    JOIN mens m ON m.persoon = g.persoon
    LEFT JOIN blackbox.run_grond k
        ON k.run = %(run)s AND k.bron = g.bron AND k.jaar_offset = g.jaar_offset AND g.volwassen
    UNION
    SELECT g.kind, g.bron, g.jaar_offset, NULL
    FROM blackbox.run_gebruik_%(run)s g
    JOIN mens m ON m.persoon = g.kind
),
per_mens AS MATERIALIZED (
    SELECT
        persoon,
        json_agg(json_build_array(bron, jaar_offset, klasse) ORDER BY bron, jaar_offset, klasse) AS rijen,
        bool_or(klasse = 'zeker') IS TRUE AS zeker,
        bool_or(klasse = 'onzeker') IS TRUE AS onzeker
    FROM gebruik
    GROUP BY persoon
),
per_huis AS MATERIALIZED (
    SELECT
        m.huishouden,
        count(*) FILTER (WHERE p.zeker) AS zeker,
        count(*) FILTER (WHERE p.onzeker) AS onzeker
    FROM mens m
    JOIN per_mens p ON p.persoon = m.persoon
    GROUP BY m.huishouden
),
school AS MATERIALIZED (
    SELECT s.bsn, json_agg(json_build_array(s.onderwijs, s.leerjaar) ORDER BY s.onderwijs, s.leerjaar) AS rijen
    FROM (SELECT DISTINCT bsn, onderwijs, leerjaar FROM blackbox.leerling WHERE levering = ANY (%(leerlingen)s::bigint[])) AS s
    GROUP BY s.bsn
),
uitkomst AS MATERIALIZED (
    SELECT huishouden, json_agg(json_build_array(regeling, klasse) ORDER BY regeling) AS rijen
    FROM blackbox.run_kandidaat_%(run)s
    GROUP BY huishouden
),
voor AS MATERIALIZED (
    SELECT persoon, json_agg(regeling ORDER BY regeling) AS rijen
    FROM blackbox.run_kandidaat_persoon_%(run)s
    GROUP BY persoon
)
SELECT
    m.person_id,
    json_build_object(
        'volwassen', m.volwassen,
        'rijen', p.rijen,
        'ander_zeker', COALESCE(h.zeker, 0) > COALESCE(p.zeker, false)::integer,
        'ander_onzeker', COALESCE(h.onzeker, 0) > COALESCE(p.onzeker, false)::integer,
        'toets', t.uitslag,
        'school', s.rijen,
        'uitkomst', u.rijen,
        'voor', v.rijen
    )::text
FROM mens m
LEFT JOIN per_mens p ON p.persoon = m.persoon
LEFT JOIN per_huis h ON h.huishouden = m.huishouden
LEFT JOIN blackbox.run_toets_%(run)s t ON t.huishouden = m.huishouden
LEFT JOIN school s ON s.bsn = m.bsn AND NOT m.volwassen
LEFT JOIN uitkomst u ON u.huishouden = m.huishouden
LEFT JOIN voor v ON v.persoon = m.persoon
ORDER BY m.person_id
