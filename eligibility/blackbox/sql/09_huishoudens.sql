-- Households, their size, and whether they live at an address with more than 20 persons who take part.
WITH vol AS (
    SELECT adres
    FROM blackbox.run_deelnemer_%(run)s
    GROUP BY adres
    HAVING count(*) > 20
),
anderen AS (
    SELECT huishouden, count(*) AS aantal
    FROM blackbox.run_lid_%(run)s
    WHERE persoon <> huishouden
    GROUP BY huishouden
)
INSERT INTO blackbox.run_huishouden_%(run)s (run, huishouden, leden, instelling)
SELECT %(run)s, l.huishouden, 1 + COALESCE(a.aantal, 0), v.adres IS NOT NULL
FROM blackbox.run_lid_%(run)s l
LEFT JOIN anderen a ON a.huishouden = l.huishouden
LEFT JOIN vol v ON v.adres = l.adres
WHERE l.persoon = l.huishouden;
