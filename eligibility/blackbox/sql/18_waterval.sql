-- Everyone who had a regeling last year, in exactly one bucket: the first that applies. geen_grond only
-- occurs when the configuration no longer counts last year's list itself as a ground.
WITH vorig AS NOT MATERIALIZED (
    SELECT g.bron AS regeling, r.gesloten, g.persoon, g.bsn, g.huishouden, g.volwassen
    FROM blackbox.run_gebruik_%(run)s g
    JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = g.bron
    WHERE g.jaar_offset = -1
),
buiten AS (
    SELECT
        v.regeling,
        CASE
            WHEN p.persoon IS NULL THEN 'niet_in_brp'
            WHEN p.reden IS NOT NULL THEN 'doet_niet_mee'
            ELSE 'geen_huishouden'
        END AS bak
    FROM (SELECT DISTINCT regeling, bsn FROM vorig WHERE huishouden IS NULL) AS v
    LEFT JOIN blackbox.run_persoon_%(run)s p ON p.bsn = v.bsn
),
-- Nothing that is asked later holds for a candidate; asked first, the rest is asked of few.
binnen AS MATERIALIZED (
    SELECT
        v.regeling,
        v.huishouden,
        CASE
            WHEN NOT v.volwassen THEN 'geen_volwassene'
            WHEN (v.huishouden, v.regeling) IN (
                SELECT huishouden, regeling FROM blackbox.run_kandidaat_%(run)s
            ) THEN 'kandidaat'
            WHEN (v.huishouden, v.regeling) IN (
                SELECT huishouden, regeling FROM blackbox.run_afmelding_%(run)s
            ) THEN 'opt_out'
            WHEN v.gesloten THEN 'gesloten'
        END AS bak
    FROM (
        SELECT DISTINCT regeling, gesloten, persoon, huishouden, volwassen FROM vorig WHERE huishouden IS NOT NULL
    ) AS v
),
overig AS (
    SELECT
        b.regeling,
        CASE
            WHEN COALESCE(eigen.klasse, k.klasse) = 'toets_nee' THEN 'toets_nee'
            WHEN COALESCE(eigen.klasse, k.klasse, 'geen') = 'geen' THEN 'geen_grond'
            WHEN (b.huishouden, b.regeling) IN (
                SELECT huishouden, regeling FROM blackbox.run_doelgroep_%(run)s
            ) THEN 'heeft_al'
            ELSE 'geen_doelgroep'
        END AS bak
    FROM binnen b
    LEFT JOIN blackbox.run_klasse_%(run)s eigen
        ON eigen.huishouden = b.huishouden AND eigen.regeling = b.regeling AND eigen.regeling <> ''
    LEFT JOIN blackbox.run_klasse_%(run)s k ON k.huishouden = b.huishouden AND k.regeling = ''
    WHERE b.bak IS NULL
)
INSERT INTO blackbox.run_telling (run, soort, sleutel, onder, aantal)
SELECT %(run)s, 'waterval', regeling, bak, count(*)
FROM (
    SELECT regeling, bak FROM buiten
    UNION ALL
    SELECT regeling, bak FROM binnen WHERE bak IS NOT NULL
    UNION ALL
    SELECT regeling, bak FROM overig
) AS plaats
GROUP BY regeling, bak;
