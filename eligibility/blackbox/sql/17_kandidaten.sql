-- Out come the households in a target group that nobody opted out of, with the persons who do not have it yet.
INSERT INTO blackbox.run_kandidaat_persoon (run, huishouden, persoon, regeling)
SELECT %(run)s, d.huishouden, d.persoon, d.regeling
FROM blackbox.run_doelgroep d
WHERE d.run = %(run)s
    AND NOT EXISTS (
        SELECT FROM blackbox.run_afmelding a
        WHERE a.run = %(run)s AND a.huishouden = d.huishouden AND a.regeling = d.regeling
    )
    AND NOT EXISTS (
        SELECT FROM blackbox.run_heeft h
        WHERE h.run = %(run)s AND h.persoon IS NULL AND h.huishouden = d.huishouden AND h.regeling = d.regeling
    )
    AND NOT EXISTS (
        SELECT FROM blackbox.run_heeft h
        WHERE h.run = %(run)s AND h.persoon = d.persoon AND h.regeling = d.regeling
    );

INSERT INTO blackbox.run_kandidaat (run, huishouden, regeling, klasse, wijze)
SELECT
    %(run)s,
    k.huishouden,
    k.regeling,
    k.klasse,
    CASE WHEN r.ambtshalve AND k.klasse = 'zeker' THEN 'ambtshalve' ELSE 'formulier' END
FROM blackbox.run_klasse k
JOIN blackbox.run_regeling r ON r.run = %(run)s AND r.regeling = k.regeling
JOIN (
    SELECT DISTINCT huishouden, regeling
    FROM blackbox.run_kandidaat_persoon
    WHERE run = %(run)s
) AS p ON p.huishouden = k.huishouden AND p.regeling = k.regeling
WHERE k.run = %(run)s;
