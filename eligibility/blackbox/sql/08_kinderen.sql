-- Minors in the household of a parent, an adult at the same address, the first parent first.
WITH kind AS NOT MATERIALIZED (
    SELECT * FROM blackbox.run_deelnemer_%(run)s WHERE groep = 'minderjarig'
),
thuis AS (
    SELECT k.persoon, l.huishouden, 1 AS rang
    FROM kind k
    JOIN blackbox.run_lid_%(run)s l ON l.persoon = k.ouder1 AND l.adres = k.adres
    UNION ALL
    SELECT k.persoon, l.huishouden, 2
    FROM kind k
    JOIN blackbox.run_lid_%(run)s l ON l.persoon = k.ouder2 AND l.adres = k.adres
),
eerste AS (
    SELECT DISTINCT ON (persoon) persoon, huishouden FROM thuis ORDER BY persoon, rang
)
INSERT INTO blackbox.run_lid_%(run)s (run, adres, persoon, huishouden, vroegst, laatst, volwassen, bsn)
SELECT %(run)s, k.adres, k.persoon, e.huishouden, k.vroegst, k.laatst, false, k.bsn
FROM kind k
JOIN eerste e ON e.persoon = k.persoon;
