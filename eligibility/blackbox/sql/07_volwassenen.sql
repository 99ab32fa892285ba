-- Adults in their households. The number of a household is that of its addressee: the older of a couple
-- (unknown parts of a birth date as 01), else the first by voornamen, then geslachtsnaam. What is left equal
-- is settled by voorvoegsel and the line in the file, never by a pseudonym, whose order is chance.
WITH paar AS MATERIALIZED (
    SELECT p.een, p.ander, a.vroegst AS een_geboren, b.vroegst AS ander_geboren
    FROM blackbox.run_paar_%(run)s p
    JOIN blackbox.run_deelnemer_%(run)s a ON a.persoon = p.een
    JOIN blackbox.run_deelnemer_%(run)s b ON b.persoon = p.ander
),
even_oud AS (
    SELECT
        p.een,
        (a.voornamen, a.geslachtsnaam, a.voorvoegsel, a.regel)
            < (b.voornamen, b.geslachtsnaam, b.voorvoegsel, b.regel) AS een_eerst
    FROM paar p
    JOIN blackbox.inwoner_%(bevolking)s a ON a.regel = p.een
    JOIN blackbox.inwoner_%(bevolking)s b ON b.regel = p.ander
    WHERE p.een_geboren = p.ander_geboren
),
gekozen AS MATERIALIZED (
    SELECT
        p.een,
        p.ander,
        CASE
            WHEN COALESCE(e.een_eerst, p.een_geboren < p.ander_geboren) THEN p.een ELSE p.ander
        END AS huishouden
    FROM paar p
    LEFT JOIN even_oud e ON e.een = p.een
),
in_paar AS (
    SELECT een AS persoon, huishouden FROM gekozen
    UNION ALL
    SELECT ander, huishouden FROM gekozen
)
INSERT INTO blackbox.run_lid_%(run)s (run, persoon, huishouden, vroegst, laatst, volwassen, bsn)
SELECT %(run)s, d.persoon, COALESCE(i.huishouden, d.persoon), d.vroegst, d.laatst, true, d.bsn
FROM blackbox.run_deelnemer_%(run)s d
LEFT JOIN in_paar i ON i.persoon = d.persoon
WHERE d.groep = 'volwassen';
