-- Couples by rule 2: two adults at one address, not in a couple by rule 1, who are both parent of one minor
-- who lives there too. Who could pair with more than one pairs with nobody.
WITH ouders AS (
    SELECT DISTINCT LEAST(ouder1, ouder2) AS een, GREATEST(ouder1, ouder2) AS ander, adres
    FROM blackbox.run_deelnemer_%(run)s
    WHERE groep = 'minderjarig' AND ouder1 <> ouder2
),
in_paar AS (
    SELECT een AS persoon FROM blackbox.run_paar_%(run)s
    UNION ALL
    SELECT ander FROM blackbox.run_paar_%(run)s
),
vrij AS MATERIALIZED (
    SELECT o.een, o.ander, o.adres
    FROM ouders o
    WHERE NOT EXISTS (SELECT FROM in_paar p WHERE p.persoon = o.een)
        AND NOT EXISTS (SELECT FROM in_paar p WHERE p.persoon = o.ander)
),
wie AS MATERIALIZED (
    SELECT persoon, adres, vroegst
    FROM blackbox.run_deelnemer_%(run)s
    WHERE groep = 'volwassen' AND persoon IN (SELECT een FROM vrij UNION SELECT ander FROM vrij)
),
mogelijk AS MATERIALIZED (
    SELECT v.een, v.ander, a.vroegst AS een_vroegst, b.vroegst AS ander_vroegst
    FROM vrij v
    JOIN wie a ON a.persoon = v.een AND a.adres = v.adres
    JOIN wie b ON b.persoon = v.ander AND b.adres = v.adres
),
meer AS (
    SELECT persoon
    FROM (SELECT een FROM mogelijk UNION ALL SELECT ander FROM mogelijk) AS kant (persoon)
    GROUP BY persoon
    HAVING count(*) > 1
)
INSERT INTO blackbox.run_paar_%(run)s (run, een, ander, een_vroegst, ander_vroegst, regel)
SELECT %(run)s, een, ander, een_vroegst, ander_vroegst, 2
FROM mogelijk
WHERE een NOT IN (SELECT persoon FROM meer) AND ander NOT IN (SELECT persoon FROM meer);
