-- Households, their size, and whether they live at an address with more than 20 persons who take part.
-- Counted in order: a table of half a million counters outgrows the cache of the processor, a sort does not.
WITH vol AS (
    SELECT adres
    FROM (SELECT adres FROM blackbox.run_deelnemer_%(run)s ORDER BY adres OFFSET 0) AS op_adres
    GROUP BY adres
    HAVING count(*) > 20
),
anderen AS (
    SELECT huishouden, count(*) AS aantal
    FROM (
        SELECT huishouden FROM blackbox.run_lid_%(run)s WHERE persoon <> huishouden ORDER BY huishouden OFFSET 0
    ) AS bij_huishouden
    GROUP BY huishouden
)
INSERT INTO blackbox.run_huishouden_%(run)s (run, huishouden, leden, instelling)
SELECT %(run)s, l.huishouden, 1 + COALESCE(a.aantal, 0), v.adres IS NOT NULL
FROM blackbox.run_lid_%(run)s l
LEFT JOIN anderen a ON a.huishouden = l.huishouden
LEFT JOIN vol v ON v.adres = l.adres
WHERE l.persoon = l.huishouden;
