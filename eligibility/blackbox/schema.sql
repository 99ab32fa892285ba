-- The black box: tables of schema blackbox and the doors to them in schema poort.
--
-- Run once, by a migration, as bereik_eigenaar; the schemas exist and the right to execute new functions
-- is already taken from PUBLIC. Only koppel gets rights here. web gets none, not even USAGE.
--
-- Rows about people are only in partitions that are UNLOGGED (no WAL, no backup, empty after a crash)
-- and that are dropped, never deleted from. PostgreSQL 18 refuses an unlogged partitioned parent, so the
-- parents are permanent and always empty, and a partition is made on its own and then attached. The steps
-- name a partition of one run outright: through the parent the planner would not see its statistics, and a
-- reader would stand in the way of whoever drops another's partition.
-- Every text is compared and sorted by code point: COLLATE "C".

GRANT USAGE ON SCHEMA blackbox, poort TO koppel;

-- Numbers of deliveries and runs, one series for both.
CREATE SEQUENCE poort.nummer AS bigint;
GRANT USAGE ON SEQUENCE poort.nummer TO koppel;

---------------------------------------------------------------------------------------------------------
-- Deliveries
---------------------------------------------------------------------------------------------------------

-- One inhabitant. regel is the line in the file and the number of the person within one run. partner,
-- ouder1 and ouder2 are pseudonyms like bsn; zegel is the sealed BSN. adres_id is null unless usable.
CREATE TABLE blackbox.inwoner (
    levering bigint NOT NULL,
    regel integer NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    zegel bytea NOT NULL,
    voornamen text COLLATE "C" NOT NULL,
    voorvoegsel text COLLATE "C" NOT NULL,
    geslachtsnaam text COLLATE "C" NOT NULL,
    naamgebruik text COLLATE "C" NOT NULL,
    voorvoegsel_partner text COLLATE "C" NOT NULL,
    geslachtsnaam_partner text COLLATE "C" NOT NULL,
    geslacht text COLLATE "C" NOT NULL,
    geboortedatum text COLLATE "C" NOT NULL,
    overlijdensdatum text COLLATE "C" NOT NULL,
    opschorting text COLLATE "C" NOT NULL,
    geheim text COLLATE "C" NOT NULL,
    partner bytea CHECK (octet_length(partner) = 16),
    ouder1 bytea CHECK (octet_length(ouder1) = 16),
    ouder2 bytea CHECK (octet_length(ouder2) = 16),
    gemeentecode text COLLATE "C" NOT NULL,
    functie_adres text COLLATE "C" NOT NULL,
    adres_id text COLLATE "C",
    straat text COLLATE "C" NOT NULL,
    huisnummer text COLLATE "C" NOT NULL,
    huisletter text COLLATE "C" NOT NULL,
    toevoeging text COLLATE "C" NOT NULL,
    postcode text COLLATE "C" NOT NULL,
    woonplaats text COLLATE "C" NOT NULL,
    buurtcode text COLLATE "C" NOT NULL
) PARTITION BY LIST (levering);

-- One recipient; kind is the pseudonym of the child for whom a voorziening was granted.
CREATE TABLE blackbox.klant (
    levering bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    kind bytea CHECK (octet_length(kind) = 16)
) PARTITION BY LIST (levering);

CREATE TABLE blackbox.leerling (
    levering bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    onderwijs text COLLATE "C" NOT NULL,
    leerjaar smallint
) PARTITION BY LIST (levering);

CREATE TABLE blackbox.antwoord (
    levering bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    antwoord text COLLATE "C" NOT NULL
) PARTITION BY LIST (levering);

-- regeling is empty for who opted out of all.
CREATE TABLE blackbox.afmelding (
    levering bigint NOT NULL,
    bsn bytea NOT NULL CHECK (octet_length(bsn) = 16),
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (levering);

-- A row stands here once a delivery is wholly loaded. Unlogged like the partitions: after a crash of the
-- server both are empty, and that is how the loss is seen.
CREATE UNLOGGED TABLE blackbox.levering_merk (levering bigint PRIMARY KEY);

GRANT SELECT, INSERT ON blackbox.inwoner, blackbox.klant, blackbox.leerling, blackbox.antwoord,
    blackbox.afmelding, blackbox.levering_merk TO koppel;

---------------------------------------------------------------------------------------------------------
-- Runs: the ledger and what a run was told. No rows about people, so logged.
---------------------------------------------------------------------------------------------------------

-- gedaan counts the finished steps. soort says who sweeps it: 'browser' or 'map' (a folder).
CREATE TABLE blackbox.run (
    run bigint PRIMARY KEY,
    soort text NOT NULL CHECK (soort IN ('browser', 'map')),
    gedaan integer NOT NULL DEFAULT 0,
    begonnen_op timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE blackbox.run_stap (
    run bigint NOT NULL REFERENCES blackbox.run,
    nummer integer NOT NULL,
    naam text NOT NULL,
    rijen bigint NOT NULL,
    seconden double precision NOT NULL,
    gedaan_op timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, nummer)
);

CREATE TABLE blackbox.run_instelling (
    run bigint PRIMARY KEY REFERENCES blackbox.run,
    peildatum date NOT NULL,
    gemeentecode text COLLATE "C" NOT NULL
);

-- Which delivery a run takes for a bron; jaar is 0 for a bron without a year.
CREATE TABLE blackbox.run_levering (
    run bigint NOT NULL REFERENCES blackbox.run,
    bron text COLLATE "C" NOT NULL,
    jaar integer NOT NULL DEFAULT 0,
    levering bigint NOT NULL,
    PRIMARY KEY (run, bron, jaar)
);

-- What being in a bron says: the class per year, counted from the year of the peildatum.
CREATE TABLE blackbox.run_grond (
    run bigint NOT NULL REFERENCES blackbox.run,
    bron text COLLATE "C" NOT NULL,
    jaar_offset integer NOT NULL,
    klasse text COLLATE "C" NOT NULL CHECK (klasse IN ('zeker', 'onzeker')),
    PRIMARY KEY (run, bron, jaar_offset)
);

CREATE TABLE blackbox.run_regeling (
    run bigint NOT NULL REFERENCES blackbox.run,
    regeling text COLLATE "C" NOT NULL,
    per_kind boolean NOT NULL,
    ambtshalve boolean NOT NULL,
    gesloten boolean NOT NULL,
    PRIMARY KEY (run, regeling)
);

-- Counts that may leave the box. sleutel and onder name what is counted; no number of a person.
CREATE TABLE blackbox.run_telling (
    run bigint NOT NULL REFERENCES blackbox.run,
    soort text COLLATE "C" NOT NULL,
    sleutel text COLLATE "C" NOT NULL DEFAULT '',
    onder text COLLATE "C" NOT NULL DEFAULT '',
    aantal bigint NOT NULL,
    PRIMARY KEY (run, soort, sleutel, onder)
);

-- The deliveries that belong to one headless run and go when it goes.
CREATE TABLE blackbox.werkruimte (
    levering bigint PRIMARY KEY,
    run bigint NOT NULL REFERENCES blackbox.run
);

GRANT SELECT, INSERT ON blackbox.run, blackbox.run_stap, blackbox.run_instelling, blackbox.run_levering,
    blackbox.run_grond, blackbox.run_regeling, blackbox.run_telling, blackbox.werkruimte TO koppel;
GRANT UPDATE (gedaan) ON blackbox.run TO koppel;

-- The age from which someone has AOW, by the year in which the peildatum falls (Algemene Ouderdomswet 7a).
CREATE TABLE blackbox.aow_leeftijd (
    jaar integer PRIMARY KEY,
    jaren integer NOT NULL,
    maanden integer NOT NULL
);
INSERT INTO blackbox.aow_leeftijd (jaar, jaren, maanden) VALUES
    (2019, 66, 4), (2020, 66, 4), (2021, 66, 4), (2022, 66, 7), (2023, 66, 10),
    (2024, 67, 0), (2025, 67, 0), (2026, 67, 0), (2027, 67, 0),
    (2028, 67, 3), (2029, 67, 3), (2030, 67, 3), (2031, 67, 3);
GRANT SELECT ON blackbox.aow_leeftijd TO koppel;

---------------------------------------------------------------------------------------------------------
-- Runs: the tables between the steps. persoon is inwoner.regel, huishouden the persoon of its addressee.
---------------------------------------------------------------------------------------------------------

-- The last day of birth (yyyymmdd) on which someone has reached an age on the peildatum.
CREATE TABLE blackbox.run_grens (
    run bigint NOT NULL,
    leeftijd text COLLATE "C" NOT NULL,
    geboren_tot integer NOT NULL
) PARTITION BY LIST (run);

-- Everyone in the population. reden is why someone does not take part, null for who does. The birth date
-- lies in vroegst..laatst (yyyymmdd): unknown parts make them differ.
CREATE TABLE blackbox.run_persoon (
    run bigint NOT NULL,
    persoon integer NOT NULL,
    vroegst integer NOT NULL,
    laatst integer NOT NULL,
    adres bigint,
    bsn bytea NOT NULL,
    partner bytea,
    ouder1 bytea,
    ouder2 bytea,
    reden text COLLATE "C"
) PARTITION BY LIST (run);

-- The address of participants who came without a usable adres_id; negative where it is the written one.
CREATE TABLE blackbox.run_adres (
    run bigint NOT NULL,
    persoon integer NOT NULL,
    adres bigint NOT NULL
) PARTITION BY LIST (run);

-- Those who take part. groep: volwassen, minderjarig or onbekend. partner, ouder1 and ouder2 are null
-- unless they take part too.
CREATE TABLE blackbox.run_deelnemer (
    run bigint NOT NULL,
    persoon integer NOT NULL,
    vroegst integer NOT NULL,
    laatst integer NOT NULL,
    adres bigint NOT NULL,
    partner integer,
    ouder1 integer,
    ouder2 integer,
    groep text COLLATE "C" NOT NULL,
    bsn bytea NOT NULL
) PARTITION BY LIST (run);

-- Couples, een < ander, with the first day on which each may be born. regel is the rule (1 or 2) that made
-- the couple.
CREATE TABLE blackbox.run_paar (
    run bigint NOT NULL,
    een integer NOT NULL,
    ander integer NOT NULL,
    een_vroegst integer NOT NULL,
    ander_vroegst integer NOT NULL,
    regel smallint NOT NULL
) PARTITION BY LIST (run);

-- Members of households.
CREATE TABLE blackbox.run_lid (
    run bigint NOT NULL,
    adres bigint NOT NULL,
    persoon integer NOT NULL,
    huishouden integer NOT NULL,
    vroegst integer NOT NULL,
    laatst integer NOT NULL,
    volwassen boolean NOT NULL,
    bsn bytea NOT NULL
) PARTITION BY LIST (run);

CREATE TABLE blackbox.run_huishouden (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    leden integer NOT NULL,
    instelling boolean NOT NULL
) PARTITION BY LIST (run);

-- Every row of a client file: who it is about, his household if he is in one (else persoon, huishouden and
-- volwassen are null), and for which child in a household it was granted. voor_kind says that the row names
-- a child at all.
CREATE TABLE blackbox.run_gebruik (
    run bigint NOT NULL,
    persoon integer,
    huishouden integer,
    kind integer,
    jaar_offset integer NOT NULL,
    volwassen boolean,
    voor_kind boolean NOT NULL,
    bron text COLLATE "C" NOT NULL,
    bsn bytea NOT NULL
) PARTITION BY LIST (run);

-- Households with an answer of the Inlichtingenbureau. uitslag: nee when any adult has nee, else ja.
CREATE TABLE blackbox.run_toets (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    uitslag text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- What the income of a household is known to be: zeker, onzeker, or toets_nee when the Inlichtingenbureau said
-- no and there was nothing but onzeker. regeling is empty for the class that holds for every regeling; a row
-- with a regeling goes before it (geen: no ground is left for that one).
CREATE TABLE blackbox.run_klasse (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    regeling text COLLATE "C" NOT NULL,
    klasse text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- Members of households who meet every condition of an age-bound target group but their age. past: ja, or
-- onzeker when not every possible birth date gives the same answer. Who is too young or too old is not here.
CREATE TABLE blackbox.run_leeftijd (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    persoon integer NOT NULL,
    regeling text COLLATE "C" NOT NULL,
    past text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- The persons for whom a household is in the target group of a regeling, before what it already has.
CREATE TABLE blackbox.run_doelgroep (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    persoon integer NOT NULL,
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- Who already has a regeling: a whole household (persoon null) or one child.
CREATE TABLE blackbox.run_heeft (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    persoon integer,
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- Households that asked not to be approached for a regeling.
CREATE TABLE blackbox.run_afmelding (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- What comes out: a household for a regeling, and the persons named in it.
CREATE TABLE blackbox.run_kandidaat (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    regeling text COLLATE "C" NOT NULL,
    klasse text COLLATE "C" NOT NULL,
    wijze text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

CREATE TABLE blackbox.run_kandidaat_persoon (
    run bigint NOT NULL,
    huishouden integer NOT NULL,
    persoon integer NOT NULL,
    regeling text COLLATE "C" NOT NULL
) PARTITION BY LIST (run);

-- A row stands here as long as the partitions of a run hold what its steps wrote (see levering_merk).
CREATE UNLOGGED TABLE blackbox.run_merk (run bigint PRIMARY KEY);

GRANT SELECT, INSERT ON blackbox.run_grens, blackbox.run_persoon, blackbox.run_adres, blackbox.run_deelnemer,
    blackbox.run_paar, blackbox.run_lid, blackbox.run_huishouden, blackbox.run_gebruik, blackbox.run_toets,
    blackbox.run_klasse, blackbox.run_leeftijd, blackbox.run_doelgroep, blackbox.run_heeft,
    blackbox.run_afmelding, blackbox.run_kandidaat, blackbox.run_kandidaat_persoon TO koppel;
GRANT SELECT ON blackbox.run_merk TO koppel;

---------------------------------------------------------------------------------------------------------
-- The doors. All run as the owner, with a fixed search_path; format() only gets whole numbers (%s) and
-- names from the two lists below (%I).
---------------------------------------------------------------------------------------------------------

CREATE FUNCTION poort.leveringtabellen() RETURNS text[]
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT ARRAY['inwoner', 'klant', 'leerling', 'antwoord', 'afmelding'] $$;

CREATE FUNCTION poort.runtabellen() RETURNS text[]
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
    AS $$ SELECT ARRAY['run_grens', 'run_persoon', 'run_adres', 'run_deelnemer', 'run_paar', 'run_lid',
        'run_huishouden', 'run_gebruik', 'run_toets', 'run_klasse', 'run_leeftijd', 'run_doelgroep',
        'run_heeft', 'run_afmelding', 'run_kandidaat', 'run_kandidaat_persoon'] $$;

-- Makes one unlogged partition. Not a door: only the definers below may call it. ANALYZE keeps samples of the
-- values in a catalogue that is logged and backed up: of pseudonyms and seals, and of the texts of an
-- inhabitant, it is told to keep none.
CREATE FUNCTION poort.maak_deel(p_tabel text, p_nummer bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_stil text;
BEGIN
    IF p_tabel <> ALL (poort.leveringtabellen() || poort.runtabellen()) OR p_nummer IS NULL THEN
        RAISE EXCEPTION 'onbekende tabel of geen nummer' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('CREATE UNLOGGED TABLE blackbox.%I (LIKE blackbox.%I INCLUDING CONSTRAINTS)'
                   ' WITH (autovacuum_enabled = false)', p_tabel || '_' || p_nummer, p_tabel);
    SELECT string_agg(format('ALTER COLUMN %I SET STATISTICS 0', attname), ', ') INTO v_stil
    FROM pg_attribute
    WHERE attrelid = format('blackbox.%I', p_tabel)::regclass AND attnum > 0 AND NOT attisdropped
        AND (atttypid = 'bytea'::regtype OR p_tabel = 'inwoner' AND atttypid = 'text'::regtype);
    IF v_stil IS NOT NULL THEN
        EXECUTE format('ALTER TABLE blackbox.%I %s', p_tabel || '_' || p_nummer, v_stil);
    END IF;
    EXECUTE format('ALTER TABLE blackbox.%I ATTACH PARTITION blackbox.%I FOR VALUES IN (%s)',
                   p_tabel, p_tabel || '_' || p_nummer, p_nummer);
    EXECUTE format('GRANT SELECT, INSERT ON blackbox.%I TO koppel', p_tabel || '_' || p_nummer);
END $$;

-- Drops the partitions of one number, as far as they exist. Not a door either.
CREATE FUNCTION poort.laat_vallen(p_tabellen text[], p_nummer bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    v_tabel text;
BEGIN
    FOREACH v_tabel IN ARRAY p_tabellen LOOP
        IF to_regclass(format('blackbox.%I', v_tabel || '_' || p_nummer)) IS NOT NULL THEN
            EXECUTE format('DROP TABLE blackbox.%I', v_tabel || '_' || p_nummer);
        END IF;
    END LOOP;
END $$;

-- Makes the empty partition for a delivery; soort is the table its rows go into.
CREATE FUNCTION poort.maak_levering(p_levering bigint, p_soort text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
    AS $$
BEGIN
    IF p_soort IS NULL OR p_soort <> ALL (poort.leveringtabellen()) THEN
        RAISE EXCEPTION 'onbekende soort levering' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM poort.maak_deel(p_soort, p_levering);
END $$;

-- Destroys the rows of a delivery. Fails with lock_not_available while another session uses the table.
CREATE FUNCTION poort.vernietig_levering(p_levering bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
    AS $$
BEGIN
    PERFORM poort.laat_vallen(poort.leveringtabellen(), p_levering);
    DELETE FROM blackbox.levering_merk WHERE levering = p_levering;
END $$;

-- Makes the tables of a run afresh, also after a crash, and puts its ledger back to nothing done.
CREATE FUNCTION poort.maak_run(p_run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
    AS $$
DECLARE
    v_tabel text;
BEGIN
    PERFORM poort.laat_vallen(poort.runtabellen(), p_run);
    DELETE FROM blackbox.run_merk WHERE run = p_run;
    DELETE FROM blackbox.run_stap WHERE run = p_run;
    DELETE FROM blackbox.run_telling WHERE run = p_run;
    UPDATE blackbox.run SET gedaan = 0 WHERE run = p_run;
    FOREACH v_tabel IN ARRAY poort.runtabellen() LOOP
        PERFORM poort.maak_deel(v_tabel, p_run);
    END LOOP;
    INSERT INTO blackbox.run_merk (run) VALUES (p_run);
END $$;

-- Destroys the rows about people of a run; its ledger and counts stay.
CREATE FUNCTION poort.vernietig_run(p_run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
    AS $$
BEGIN
    PERFORM poort.laat_vallen(poort.runtabellen(), p_run);
    DELETE FROM blackbox.run_merk WHERE run = p_run;
END $$;

-- Destroys all of a run on a folder: its deliveries, its tables, its ledger. Refuses a run of the browser.
CREATE FUNCTION poort.vergeet_run(p_run bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
    AS $$
DECLARE
    v_levering bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM blackbox.run WHERE run = p_run AND soort = 'map') THEN
        RAISE EXCEPTION 'geen run op een map' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM poort.vernietig_run(p_run);
    FOR v_levering IN SELECT levering FROM blackbox.werkruimte WHERE run = p_run ORDER BY levering LOOP
        PERFORM poort.vernietig_levering(v_levering);
    END LOOP;
    DELETE FROM blackbox.werkruimte WHERE run = p_run;
    DELETE FROM blackbox.run_telling WHERE run = p_run;
    DELETE FROM blackbox.run_regeling WHERE run = p_run;
    DELETE FROM blackbox.run_grond WHERE run = p_run;
    DELETE FROM blackbox.run_levering WHERE run = p_run;
    DELETE FROM blackbox.run_instelling WHERE run = p_run;
    DELETE FROM blackbox.run_stap WHERE run = p_run;
    DELETE FROM blackbox.run WHERE run = p_run;
END $$;

-- Statistics of one partition; koppel owns nothing, so its own ANALYZE would be skipped.
CREATE FUNCTION poort.analyseer(p_tabel text, p_nummer bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    IF p_tabel IS NULL OR p_tabel <> ALL (poort.leveringtabellen() || poort.runtabellen()) THEN
        RAISE EXCEPTION 'onbekende tabel' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    EXECUTE format('ANALYZE blackbox.%I', p_tabel || '_' || p_nummer);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA poort FROM PUBLIC;
GRANT EXECUTE ON FUNCTION poort.maak_levering(bigint, text), poort.vernietig_levering(bigint),
    poort.maak_run(bigint), poort.vernietig_run(bigint), poort.vergeet_run(bigint),
    poort.analyseer(text, bigint) TO koppel;
