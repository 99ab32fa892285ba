-- Members of households who meet every condition of an age-bound target group but their age, and whether
-- their age counts: ja, onzeker, or not at all (then they are left out). A minor is surely under 18.
WITH grens AS (
    SELECT
        max(geboren_tot) FILTER (WHERE leeftijd = '4') AS vier,
        max(geboren_tot) FILTER (WHERE leeftijd = '10') AS tien,
        max(geboren_tot) FILTER (WHERE leeftijd = '12') AS twaalf,
        max(geboren_tot) FILTER (WHERE leeftijd = '21') AS eenentwintig,
        max(geboren_tot) FILTER (WHERE leeftijd = 'aow') AS aow
    FROM blackbox.run_grens
    WHERE run = %(run)s
),
scholier AS (
    SELECT DISTINCT m.huishouden, m.persoon, m.vroegst, m.laatst, e.regeling, e.geboren_tot
    FROM blackbox.leerling s
    JOIN blackbox.run_lid m ON m.run = %(run)s AND m.bsn = s.bsn AND NOT m.volwassen
    CROSS JOIN grens g
    CROSS JOIN LATERAL (
        VALUES
            ('scholierenvergoeding', g.vier, s.onderwijs IN ('PO', 'SO', 'VO')),
            ('laptop', g.tien, s.onderwijs = 'VO' OR (s.onderwijs = 'PO' AND s.leerjaar IN (7, 8))),
            ('reiskosten', g.twaalf, s.onderwijs = 'VO')
    ) AS e (regeling, geboren_tot, volgt)
    WHERE s.levering = ANY (%(leerlingen)s::bigint[]) AND e.volgt
),
bijstand AS (
    SELECT persoon
    FROM blackbox.run_gebruik
    WHERE run = %(run)s AND bron = 'bijstand' AND jaar_offset IN (-1, -2, -3)
    GROUP BY persoon
    HAVING count(DISTINCT jaar_offset) = 3
),
beoordeeld AS (
    SELECT
        huishouden, persoon, regeling,
        CASE WHEN laatst <= geboren_tot THEN 'ja' WHEN vroegst <= geboren_tot THEN 'onzeker' END AS past
    FROM scholier
    UNION ALL
    SELECT
        m.huishouden, m.persoon, 'ov_ouderen',
        CASE WHEN m.laatst <= g.aow THEN 'ja' WHEN m.vroegst <= g.aow THEN 'onzeker' END
    FROM blackbox.run_lid m
    CROSS JOIN grens g
    WHERE m.run = %(run)s AND m.volwassen
    UNION ALL
    SELECT
        m.huishouden, m.persoon, 'iit',
        CASE
            WHEN m.laatst <= g.eenentwintig AND m.vroegst > g.aow THEN 'ja'
            WHEN m.vroegst <= g.eenentwintig AND m.laatst > g.aow THEN 'onzeker'
        END
    FROM bijstand b
    JOIN blackbox.run_lid m ON m.run = %(run)s AND m.persoon = b.persoon
    CROSS JOIN grens g
)
INSERT INTO blackbox.run_leeftijd (run, huishouden, persoon, regeling, past)
SELECT %(run)s, huishouden, persoon, regeling, past
FROM beoordeeld
WHERE past IS NOT NULL;
