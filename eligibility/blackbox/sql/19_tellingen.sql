-- The other counts of the verantwoording.
INSERT INTO blackbox.run_telling (run, soort, sleutel, onder, aantal)
SELECT %(run)s, 'deelname', COALESCE(reden, 'doet_mee'), '', count(*)
FROM blackbox.run_persoon_%(run)s
GROUP BY reden
UNION ALL
SELECT %(run)s, 'huishoudens', leden::text, '', count(*)
FROM blackbox.run_huishouden_%(run)s
GROUP BY leden
UNION ALL
SELECT %(run)s, 'kandidaten', regeling, klasse, count(*)
FROM blackbox.run_kandidaat_%(run)s
GROUP BY regeling, klasse
UNION ALL
SELECT %(run)s, 'instellingen', '', '', count(*)
FROM blackbox.run_huishouden_%(run)s
WHERE instelling
UNION ALL
SELECT %(run)s, 'paren', regel::text, '', count(*)
FROM blackbox.run_paar_%(run)s
GROUP BY regel
UNION ALL
-- One who may be a minor or an adult, or whose age would decide a target group; each person once.
SELECT %(run)s, 'leeftijd_onzeker', '', '', count(*)
FROM (
    SELECT persoon FROM blackbox.run_deelnemer_%(run)s WHERE groep = 'onbekend'
    UNION
    SELECT persoon FROM blackbox.run_leeftijd_%(run)s WHERE past = 'onzeker'
) AS onzeker
UNION ALL
SELECT %(run)s, 'minderjarige_zonder_ouder', '', '', count(*)
FROM blackbox.run_deelnemer_%(run)s d
LEFT JOIN blackbox.run_lid_%(run)s m ON m.persoon = d.persoon
WHERE d.groep = 'minderjarig' AND m.persoon IS NULL
UNION ALL
-- Households with a nee although their income was tested otherwise.
SELECT %(run)s, 'toets_strijdig', '', '', count(DISTINCT t.huishouden)
FROM blackbox.run_toets_%(run)s t
JOIN blackbox.run_klasse_%(run)s k ON k.huishouden = t.huishouden
WHERE t.uitslag = 'nee' AND k.klasse = 'zeker';
