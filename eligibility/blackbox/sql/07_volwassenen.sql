-- Adults in their households. The number of a household is that of its addressee: the older of a couple
-- (unknown parts of a birth date as 01), else the first by voornamen, then geslachtsnaam. What is left equal
-- is settled by voorvoegsel and the line in the file, never by a pseudonym, whose order is chance.
WITH even_oud AS MATERIALIZED (
    SELECT een, ander FROM blackbox.run_paar_%(run)s WHERE een_vroegst = ander_vroegst
),
naam AS MATERIALIZED (
    SELECT i.regel, i.voornamen, i.geslachtsnaam, i.voorvoegsel
    FROM blackbox.inwoner_%(bevolking)s i
    WHERE i.regel IN (SELECT een FROM even_oud UNION ALL SELECT ander FROM even_oud)
),
op_naam AS (
    SELECT
        e.een,
        (a.voornamen, a.geslachtsnaam, a.voorvoegsel, a.regel)
            < (b.voornamen, b.geslachtsnaam, b.voorvoegsel, b.regel) AS een_eerst
    FROM even_oud e
    JOIN naam a ON a.regel = e.een
    JOIN naam b ON b.regel = e.ander
),
gekozen AS MATERIALIZED (
    SELECT
        p.een,
        p.ander,
        CASE WHEN COALESCE(n.een_eerst, p.een_vroegst < p.ander_vroegst) THEN p.een ELSE p.ander END AS huishouden
    FROM blackbox.run_paar_%(run)s p
    LEFT JOIN op_naam n ON n.een = p.een
),
in_paar AS (
    SELECT een AS persoon, huishouden FROM gekozen
    UNION ALL
    SELECT ander, huishouden FROM gekozen
)
INSERT INTO blackbox.run_lid_%(run)s (run, adres, persoon, huishouden, vroegst, laatst, volwassen, bsn)
SELECT %(run)s, d.adres, d.persoon, COALESCE(i.huishouden, d.persoon), d.vroegst, d.laatst, true, d.bsn
FROM blackbox.run_deelnemer_%(run)s d
LEFT JOIN in_paar i ON i.persoon = d.persoon
WHERE d.groep = 'volwassen';
