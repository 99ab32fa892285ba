-- Members of households who meet every condition of an age-bound target group but their age, and whether
-- their age counts: ja, onzeker, or not at all (then they are left out). A minor is surely under 18.
WITH grens AS (
    SELECT
        max(geboren_tot) FILTER (WHERE leeftijd = '4') AS vier,
        max(geboren_tot) FILTER (WHERE leeftijd = '10') AS tien,
        max(geboren_tot) FILTER (WHERE leeftijd = '12') AS twaalf,
        max(geboren_tot) FILTER (WHERE leeftijd = '21') AS eenentwintig,
        max(geboren_tot) FILTER (WHERE leeftijd = 'aow') AS aow
    FROM blackbox.run_grens_%(run)s
),
leerling AS MATERIALIZED (
    SELECT
        m.huishouden,
        m.persoon,
        m.vroegst,
        m.laatst,
        bool_or(s.onderwijs IN ('PO', 'SO', 'VO')) AS school,
        bool_or(s.onderwijs = 'VO' OR (s.onderwijs = 'PO' AND s.leerjaar IN (7, 8))) AS bovenbouw,
        bool_or(s.onderwijs = 'VO') AS voortgezet
    FROM blackbox.leerling s
    JOIN blackbox.run_lid_%(run)s m ON m.bsn = s.bsn AND NOT m.volwassen
    WHERE s.levering = ANY (%(leerlingen)s::bigint[])
    GROUP BY m.huishouden, m.persoon, m.vroegst, m.laatst
),
bijstand AS (
    SELECT persoon
    FROM blackbox.run_gebruik_%(run)s
    WHERE bron = 'bijstand' AND jaar_offset IN (-1, -2, -3) AND volwassen
    GROUP BY persoon
    HAVING count(DISTINCT jaar_offset) = 3
),
gevraagd AS (
    SELECT huishouden, persoon, 'scholierenvergoeding' AS regeling, vroegst, laatst, 0 AS boven, vier AS tot
    FROM leerling CROSS JOIN grens
    WHERE school
    UNION ALL
    SELECT huishouden, persoon, 'laptop', vroegst, laatst, 0, tien
    FROM leerling CROSS JOIN grens
    WHERE bovenbouw
    UNION ALL
    SELECT huishouden, persoon, 'reiskosten', vroegst, laatst, 0, twaalf
    FROM leerling CROSS JOIN grens
    WHERE voortgezet
    UNION ALL
    SELECT huishouden, persoon, 'ov_ouderen', vroegst, laatst, 0, aow
    FROM blackbox.run_lid_%(run)s CROSS JOIN grens
    WHERE volwassen
    UNION ALL
    SELECT m.huishouden, m.persoon, 'iit', m.vroegst, m.laatst, aow, eenentwintig
    FROM bijstand b
    JOIN blackbox.run_lid_%(run)s m ON m.persoon = b.persoon
    CROSS JOIN grens
)
-- Old enough when born up to ``tot``, not too old when born after ``boven``.
INSERT INTO blackbox.run_leeftijd_%(run)s (run, huishouden, persoon, regeling, past)
SELECT
    %(run)s,
    huishouden,
    persoon,
    regeling,
    CASE WHEN vroegst > boven AND laatst <= tot THEN 'ja' ELSE 'onzeker' END
FROM gevraagd
WHERE laatst > boven AND vroegst <= tot;
