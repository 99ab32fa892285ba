-- Households, their size, and whether they live at an address with more than 20 persons who take part.
WITH vol AS (
    SELECT adres
    FROM blackbox.run_deelnemer_%(run)s
    GROUP BY adres
    HAVING count(*) > 20
),
omvang AS (
    SELECT huishouden, count(*) AS leden FROM blackbox.run_lid_%(run)s GROUP BY huishouden
)
INSERT INTO blackbox.run_huishouden_%(run)s (run, huishouden, leden, instelling)
SELECT %(run)s, o.huishouden, o.leden, v.adres IS NOT NULL
FROM omvang o
JOIN blackbox.run_deelnemer_%(run)s d ON d.persoon = o.huishouden
LEFT JOIN vol v ON v.adres = d.adres;
