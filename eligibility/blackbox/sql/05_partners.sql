-- Couples by rule 1: two adults at one address of whom one names the other, while the other names him or
-- nobody who takes part. Who could pair with more than one pairs with nobody.
WITH genoemd AS (
    SELECT a.persoon, a.vroegst, b.persoon AS partner, b.vroegst AS partner_vroegst
    FROM blackbox.run_deelnemer_%(run)s a
    JOIN blackbox.run_deelnemer_%(run)s b ON b.persoon = a.partner AND b.adres = a.adres
    WHERE a.partner IS NOT NULL
        AND a.groep = 'volwassen'
        AND b.groep = 'volwassen'
        AND (b.partner IS NULL OR b.partner = a.persoon)
),
mogelijk AS MATERIALIZED (
    SELECT DISTINCT
        LEAST(persoon, partner) AS een,
        GREATEST(persoon, partner) AS ander,
        CASE WHEN persoon < partner THEN vroegst ELSE partner_vroegst END AS een_vroegst,
        CASE WHEN persoon < partner THEN partner_vroegst ELSE vroegst END AS ander_vroegst
    FROM genoemd
),
meer AS (
    SELECT persoon
    FROM (SELECT een FROM mogelijk UNION ALL SELECT ander FROM mogelijk) AS kant (persoon)
    GROUP BY persoon
    HAVING count(*) > 1
)
INSERT INTO blackbox.run_paar_%(run)s (run, een, ander, een_vroegst, ander_vroegst, regel)
SELECT %(run)s, een, ander, een_vroegst, ander_vroegst, 1
FROM mogelijk
WHERE een NOT IN (SELECT persoon FROM meer) AND ander NOT IN (SELECT persoon FROM meer);
