-- Couples by rule 1: two adults at one address of whom one names the other, while the other names him or
-- nobody who takes part. Who could pair with more than one pairs with nobody.
WITH volwassene AS NOT MATERIALIZED (
    SELECT persoon, adres, partner FROM blackbox.run_deelnemer_%(run)s WHERE groep = 'volwassen'
),
mogelijk AS MATERIALIZED (
    SELECT DISTINCT LEAST(a.persoon, b.persoon) AS een, GREATEST(a.persoon, b.persoon) AS ander
    FROM volwassene a
    JOIN volwassene b ON b.persoon = a.partner AND b.adres = a.adres
    WHERE b.partner IS NULL OR b.partner = a.persoon
),
meer AS (
    SELECT persoon
    FROM (SELECT een FROM mogelijk UNION ALL SELECT ander FROM mogelijk) AS kant (persoon)
    GROUP BY persoon
    HAVING count(*) > 1
)
INSERT INTO blackbox.run_paar_%(run)s (run, een, ander, regel)
SELECT %(run)s, een, ander, 1
FROM mogelijk
WHERE een NOT IN (SELECT persoon FROM meer) AND ander NOT IN (SELECT persoon FROM meer);
