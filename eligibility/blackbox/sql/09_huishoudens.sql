-- Households, their size, and whether they live at an address with more than 20 persons who take part.
WITH adres AS (
    SELECT adres, count(*) AS personen
    FROM blackbox.run_deelnemer
    WHERE run = %(run)s
    GROUP BY adres
),
omvang AS (
    SELECT huishouden, count(*) AS leden
    FROM blackbox.run_lid
    WHERE run = %(run)s
    GROUP BY huishouden
)
INSERT INTO blackbox.run_huishouden (run, huishouden, leden, instelling)
SELECT %(run)s, o.huishouden, o.leden, a.personen > 20
FROM omvang o
JOIN blackbox.run_deelnemer d ON d.run = %(run)s AND d.persoon = o.huishouden
JOIN adres a ON a.adres = d.adres;
