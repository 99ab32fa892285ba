-- Couples by rule 1: two adults at one address of whom one names the other, while the other names him or
-- nobody who takes part. Who could pair with more than one pairs with nobody.
WITH volwassene AS (
    SELECT persoon, adres, partner
    FROM blackbox.run_deelnemer
    WHERE run = %(run)s AND groep = 'volwassen'
),
mogelijk AS MATERIALIZED (
    SELECT DISTINCT LEAST(a.persoon, b.persoon) AS een, GREATEST(a.persoon, b.persoon) AS ander
    FROM volwassene a
    JOIN volwassene b ON b.persoon = a.partner AND b.adres = a.adres
    WHERE b.partner IS NULL OR b.partner = a.persoon
),
keus AS (
    SELECT persoon, count(*) AS aantal
    FROM (SELECT een FROM mogelijk UNION ALL SELECT ander FROM mogelijk) AS kant (persoon)
    GROUP BY persoon
)
INSERT INTO blackbox.run_paar (run, een, ander, regel)
SELECT %(run)s, m.een, m.ander, 1
FROM mogelijk m
JOIN keus k1 ON k1.persoon = m.een AND k1.aantal = 1
JOIN keus k2 ON k2.persoon = m.ander AND k2.aantal = 1;
