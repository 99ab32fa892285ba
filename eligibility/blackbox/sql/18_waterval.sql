-- Everyone who had a regeling last year, in exactly one bucket: the first that applies. geen_grond only
-- occurs when the configuration no longer counts last year's list itself as a ground.
WITH vorig AS (
    SELECT DISTINCT l.bron AS regeling, k.bsn
    FROM blackbox.klant k
    JOIN blackbox.run_levering l ON l.run = %(run)s AND l.levering = k.levering
    JOIN blackbox.run_instelling s ON s.run = %(run)s AND l.jaar = extract(year FROM s.peildatum) - 1
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = l.bron
    WHERE k.levering = ANY (%(klanten)s::bigint[])
),
doelgroep AS (
    SELECT DISTINCT huishouden, regeling FROM blackbox.run_doelgroep WHERE run = %(run)s
),
plaats AS (
    SELECT
        v.regeling,
        CASE
            WHEN p.persoon IS NULL THEN 'niet_in_brp'
            WHEN p.reden IS NOT NULL THEN 'doet_niet_mee'
            WHEN m.persoon IS NULL THEN 'geen_huishouden'
            WHEN NOT m.volwassen THEN 'geen_volwassene'
            WHEN a.huishouden IS NOT NULL THEN 'opt_out'
            WHEN r.gesloten THEN 'gesloten'
            WHEN k.klasse = 'toets_nee' THEN 'toets_nee'
            WHEN k.klasse IS NULL THEN 'geen_grond'
            WHEN d.huishouden IS NULL THEN 'geen_doelgroep'
            WHEN c.huishouden IS NULL THEN 'heeft_al'
            ELSE 'kandidaat'
        END AS bak
    FROM vorig v
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = v.regeling
    LEFT JOIN blackbox.run_persoon p ON p.run = %(run)s AND p.bsn = v.bsn
    LEFT JOIN blackbox.run_lid m ON m.run = %(run)s AND m.persoon = p.persoon
    LEFT JOIN blackbox.run_afmelding a
        ON a.run = %(run)s AND a.huishouden = m.huishouden AND a.regeling = v.regeling
    LEFT JOIN blackbox.run_klasse k ON k.run = %(run)s AND k.huishouden = m.huishouden AND k.regeling = v.regeling
    LEFT JOIN doelgroep d ON d.huishouden = m.huishouden AND d.regeling = v.regeling
    LEFT JOIN blackbox.run_kandidaat c
        ON c.run = %(run)s AND c.huishouden = m.huishouden AND c.regeling = v.regeling
)
INSERT INTO blackbox.run_telling (run, soort, sleutel, onder, aantal)
SELECT %(run)s, 'waterval', regeling, bak, count(*)
FROM plaats
GROUP BY regeling, bak;
