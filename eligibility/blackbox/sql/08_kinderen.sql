-- Minors in the household of a parent, an adult at the same address, the first parent first.
WITH volwassene AS NOT MATERIALIZED (
    SELECT d.persoon, d.adres, l.huishouden
    FROM blackbox.run_lid_%(run)s l
    JOIN blackbox.run_deelnemer_%(run)s d ON d.persoon = l.persoon
)
INSERT INTO blackbox.run_lid_%(run)s (run, persoon, huishouden, vroegst, laatst, volwassen, bsn)
SELECT
    %(run)s,
    kind.persoon,
    COALESCE(ouder1.huishouden, ouder2.huishouden),
    kind.vroegst,
    kind.laatst,
    false,
    kind.bsn
FROM blackbox.run_deelnemer_%(run)s kind
LEFT JOIN volwassene ouder1 ON ouder1.persoon = kind.ouder1 AND ouder1.adres = kind.adres
LEFT JOIN volwassene ouder2 ON ouder2.persoon = kind.ouder2 AND ouder2.adres = kind.adres
WHERE kind.groep = 'minderjarig' AND (ouder1.persoon IS NOT NULL OR ouder2.persoon IS NOT NULL);
