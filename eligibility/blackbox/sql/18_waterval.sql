-- Everyone who had a regeling last year, in exactly one bucket: the first that applies. geen_grond only
-- occurs when the configuration no longer counts last year's list itself as a ground.
WITH vorig AS MATERIALIZED (
    SELECT DISTINCT g.bron AS regeling, r.gesloten, g.bsn, g.huishouden, g.volwassen
    FROM blackbox.run_gebruik_%(run)s g
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = g.bron
    WHERE g.jaar_offset = -1
),
buiten AS (
    SELECT
        unnest(v.regelingen) AS regeling,
        CASE
            WHEN p.persoon IS NULL THEN 'niet_in_brp'
            WHEN p.reden IS NOT NULL THEN 'doet_niet_mee'
            ELSE 'geen_huishouden'
        END AS bak
    FROM (SELECT bsn, array_agg(regeling) AS regelingen FROM vorig WHERE huishouden IS NULL GROUP BY bsn) AS v
    LEFT JOIN blackbox.run_persoon_%(run)s p ON p.bsn = v.bsn
),
doelgroep AS (
    SELECT DISTINCT huishouden, regeling FROM blackbox.run_doelgroep_%(run)s
),
binnen AS (
    SELECT
        v.regeling,
        CASE
            WHEN NOT v.volwassen THEN 'geen_volwassene'
            WHEN a.huishouden IS NOT NULL THEN 'opt_out'
            WHEN v.gesloten THEN 'gesloten'
            WHEN COALESCE(eigen.klasse, k.klasse) = 'toets_nee' THEN 'toets_nee'
            WHEN COALESCE(eigen.klasse, k.klasse, 'geen') = 'geen' THEN 'geen_grond'
            WHEN d.huishouden IS NULL THEN 'geen_doelgroep'
            WHEN c.huishouden IS NULL THEN 'heeft_al'
            ELSE 'kandidaat'
        END AS bak
    FROM vorig v
    LEFT JOIN blackbox.run_afmelding_%(run)s a ON a.huishouden = v.huishouden AND a.regeling = v.regeling
    LEFT JOIN blackbox.run_klasse_%(run)s eigen ON eigen.huishouden = v.huishouden AND eigen.regeling = v.regeling
    LEFT JOIN blackbox.run_klasse_%(run)s k ON k.huishouden = v.huishouden AND k.regeling = ''
    LEFT JOIN doelgroep d ON d.huishouden = v.huishouden AND d.regeling = v.regeling
    LEFT JOIN blackbox.run_kandidaat_%(run)s c ON c.huishouden = v.huishouden AND c.regeling = v.regeling
    WHERE v.huishouden IS NOT NULL
)
INSERT INTO blackbox.run_telling (run, soort, sleutel, onder, aantal)
SELECT %(run)s, 'waterval', regeling, bak, count(*)
FROM (SELECT regeling, bak FROM buiten UNION ALL SELECT regeling, bak FROM binnen) AS plaats
GROUP BY regeling, bak;
