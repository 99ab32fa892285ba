-- Minors in the household of a parent, an adult at the same address, the first parent first.
INSERT INTO blackbox.run_lid (run, persoon, huishouden, vroegst, laatst, volwassen, bsn)
SELECT %(run)s, kind.persoon, l.huishouden, kind.vroegst, kind.laatst, false, kind.bsn
FROM blackbox.run_deelnemer kind
LEFT JOIN blackbox.run_deelnemer ouder1
    ON ouder1.run = %(run)s
    AND ouder1.persoon = kind.ouder1
    AND ouder1.adres = kind.adres
    AND ouder1.groep = 'volwassen'
LEFT JOIN blackbox.run_deelnemer ouder2
    ON ouder2.run = %(run)s
    AND ouder2.persoon = kind.ouder2
    AND ouder2.adres = kind.adres
    AND ouder2.groep = 'volwassen'
JOIN blackbox.run_lid l ON l.run = %(run)s AND l.persoon = COALESCE(ouder1.persoon, ouder2.persoon)
WHERE kind.run = %(run)s AND kind.groep = 'minderjarig';
