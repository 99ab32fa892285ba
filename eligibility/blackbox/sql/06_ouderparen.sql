-- Couples by rule 2: two adults at one address, not in a couple by rule 1, who are both parent of one minor
-- who lives there too. Who could pair with more than one pairs with nobody.
WITH alleen AS NOT MATERIALIZED (
    SELECT d.persoon, d.adres
    FROM blackbox.run_deelnemer_%(run)s d
    LEFT JOIN blackbox.run_paar_%(run)s een ON een.een = d.persoon
    LEFT JOIN blackbox.run_paar_%(run)s ander ON ander.ander = d.persoon
    WHERE d.groep = 'volwassen' AND een.een IS NULL AND ander.ander IS NULL
),
mogelijk AS MATERIALIZED (
    SELECT DISTINCT LEAST(kind.ouder1, kind.ouder2) AS een, GREATEST(kind.ouder1, kind.ouder2) AS ander
    FROM blackbox.run_deelnemer_%(run)s kind
    JOIN alleen a ON a.persoon = kind.ouder1 AND a.adres = kind.adres
    JOIN alleen b ON b.persoon = kind.ouder2 AND b.adres = kind.adres
    WHERE kind.groep = 'minderjarig' AND kind.ouder1 <> kind.ouder2
),
meer AS (
    SELECT persoon
    FROM (SELECT een FROM mogelijk UNION ALL SELECT ander FROM mogelijk) AS kant (persoon)
    GROUP BY persoon
    HAVING count(*) > 1
)
INSERT INTO blackbox.run_paar_%(run)s (run, een, ander, regel)
SELECT %(run)s, een, ander, 2
FROM mogelijk
WHERE een NOT IN (SELECT persoon FROM meer) AND ander NOT IN (SELECT persoon FROM meer);
