-- The other counts of the verantwoording.
INSERT INTO blackbox.run_telling (run, soort, sleutel, onder, aantal)
SELECT %(run)s, 'deelname', COALESCE(reden, 'doet_mee'), '', count(*)
FROM blackbox.run_persoon
WHERE run = %(run)s
GROUP BY reden
UNION ALL
SELECT %(run)s, 'huishoudens', leden::text, '', count(*)
FROM blackbox.run_huishouden
WHERE run = %(run)s
GROUP BY leden
UNION ALL
SELECT %(run)s, 'kandidaten', regeling, klasse, count(*)
FROM blackbox.run_kandidaat
WHERE run = %(run)s
GROUP BY regeling, klasse
UNION ALL
SELECT %(run)s, 'instellingen', '', '', count(*)
FROM blackbox.run_huishouden
WHERE run = %(run)s AND instelling
UNION ALL
SELECT %(run)s, 'paren', regel::text, '', count(*)
FROM blackbox.run_paar
WHERE run = %(run)s
GROUP BY regel
UNION ALL
-- One who may be a minor or an adult, or whose age would decide a target group; each person once.
SELECT %(run)s, 'leeftijd_onzeker', '', '', count(*)
FROM (
    SELECT persoon FROM blackbox.run_deelnemer WHERE run = %(run)s AND groep = 'onbekend'
    UNION
    SELECT persoon FROM blackbox.run_leeftijd WHERE run = %(run)s AND past = 'onzeker'
) AS onzeker
UNION ALL
SELECT %(run)s, 'minderjarige_zonder_ouder', '', '', count(*)
FROM blackbox.run_deelnemer d
WHERE d.run = %(run)s
    AND d.groep = 'minderjarig'
    AND NOT EXISTS (SELECT FROM blackbox.run_lid m WHERE m.run = %(run)s AND m.persoon = d.persoon)
UNION ALL
-- Households with a nee although their income was tested otherwise.
SELECT %(run)s, 'toets_strijdig', '', '', count(DISTINCT t.huishouden)
FROM blackbox.run_toets t
JOIN blackbox.run_klasse k ON k.run = %(run)s AND k.huishouden = t.huishouden AND k.klasse = 'zeker'
WHERE t.run = %(run)s AND t.uitslag = 'nee';
