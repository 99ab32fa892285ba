-- Couples by rule 1: two adults at one address of whom one names the other, while the other names him or
-- nobody who takes part. Who could pair with more than one pairs with nobody.
WITH noemt AS MATERIALIZED (
    SELECT persoon, partner, adres, vroegst
    FROM blackbox.run_deelnemer_%(run)s
    WHERE partner IS NOT NULL AND groep = 'volwassen'
),
-- One way: the other names nobody. Few are left when those who do are gone.
eenzijdig AS MATERIALIZED (
    SELECT a.*
    FROM noemt a
    WHERE NOT EXISTS (SELECT FROM noemt b WHERE b.persoon = a.partner)
),
genoemd AS MATERIALIZED (
    SELECT a.persoon, a.vroegst, b.persoon AS partner, b.vroegst AS partner_vroegst
    FROM eenzijdig a
    JOIN blackbox.run_deelnemer_%(run)s b ON b.persoon = a.partner AND b.adres = a.adres
    WHERE b.groep = 'volwassen'
),
-- Who names, names one. So only who names nobody can be in more than one possible couple.
meer AS (
    SELECT partner FROM genoemd GROUP BY partner HAVING count(*) > 1
),
gevonden AS (
    SELECT a.persoon, a.vroegst, b.persoon AS partner, b.vroegst AS partner_vroegst
    FROM noemt a
    JOIN noemt b ON b.persoon = a.partner AND b.partner = a.persoon AND b.adres = a.adres
    WHERE a.persoon < a.partner
    UNION ALL
    SELECT * FROM genoemd WHERE partner NOT IN (SELECT partner FROM meer)
)
INSERT INTO blackbox.run_paar_%(run)s (run, een, ander, een_vroegst, ander_vroegst, regel)
SELECT
    %(run)s,
    LEAST(persoon, partner),
    GREATEST(persoon, partner),
    CASE WHEN persoon < partner THEN vroegst ELSE partner_vroegst END,
    CASE WHEN persoon < partner THEN partner_vroegst ELSE vroegst END,
    1
FROM gevonden;
