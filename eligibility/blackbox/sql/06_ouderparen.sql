-- Couples by rule 2: two adults at one address, not in a couple by rule 1, who are both parent of one minor
-- who lives there too. Who could pair with more than one pairs with nobody.
WITH alleen AS (
    SELECT d.persoon, d.adres
    FROM blackbox.run_deelnemer d
    WHERE d.run = %(run)s
        AND d.groep = 'volwassen'
        AND NOT EXISTS (SELECT FROM blackbox.run_paar p WHERE p.run = %(run)s AND p.een = d.persoon)
        AND NOT EXISTS (SELECT FROM blackbox.run_paar p WHERE p.run = %(run)s AND p.ander = d.persoon)
),
mogelijk AS MATERIALIZED (
    SELECT DISTINCT LEAST(kind.ouder1, kind.ouder2) AS een, GREATEST(kind.ouder1, kind.ouder2) AS ander
    FROM blackbox.run_deelnemer kind
    JOIN alleen a ON a.persoon = kind.ouder1 AND a.adres = kind.adres
    JOIN alleen b ON b.persoon = kind.ouder2 AND b.adres = kind.adres
    WHERE kind.run = %(run)s AND kind.groep = 'minderjarig' AND kind.ouder1 <> kind.ouder2
),
keus AS (
    SELECT persoon, count(*) AS aantal
    FROM (SELECT een FROM mogelijk UNION ALL SELECT ander FROM mogelijk) AS kant (persoon)
    GROUP BY persoon
)
INSERT INTO blackbox.run_paar (run, een, ander, regel)
SELECT %(run)s, m.een, m.ander, 2
FROM mogelijk m
JOIN keus k1 ON k1.persoon = m.een AND k1.aantal = 1
JOIN keus k2 ON k2.persoon = m.ander AND k2.aantal = 1;
