-- The other counts of the verantwoording.
WITH doet_mee AS (
    SELECT
        count(*) AS personen,
        count(*) FILTER (WHERE groep = 'minderjarig') AS minderjarigen
    FROM blackbox.run_deelnemer_%(run)s
),
-- One who may be a minor or an adult, or whose age would decide a target group; each person once.
onzeker AS (
    SELECT persoon FROM blackbox.run_deelnemer_%(run)s WHERE groep = 'onbekend'
    UNION
    SELECT persoon FROM blackbox.run_leeftijd_%(run)s WHERE past = 'onzeker'
)
INSERT INTO blackbox.run_telling (run, soort, sleutel, onder, aantal)
SELECT %(run)s, 'deelname', 'doet_mee', '', personen
FROM doet_mee
UNION ALL
SELECT %(run)s, 'deelname', reden, '', count(*)
FROM blackbox.run_persoon_%(run)s
WHERE reden IS NOT NULL
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
SELECT %(run)s, 'leeftijd_onzeker', '', '', count(*)
FROM onzeker
UNION ALL
SELECT %(run)s, 'minderjarige_zonder_ouder', '', '', minderjarigen - count(l.persoon)
FROM doet_mee
LEFT JOIN blackbox.run_lid_%(run)s l ON NOT l.volwassen
GROUP BY minderjarigen
UNION ALL
-- Households with a nee although their income was tested otherwise.
SELECT %(run)s, 'toets_strijdig', '', '', count(*)
FROM blackbox.run_toets_%(run)s t
JOIN blackbox.run_klasse_%(run)s k ON k.huishouden = t.huishouden AND k.regeling = ''
WHERE t.uitslag = 'nee' AND k.klasse = 'zeker';
