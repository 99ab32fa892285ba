"""Each act that takes two people is held by a CHECK, also against SQL by hand, and by its page.

The API of the vendors has none of these acts: it tells and asks about printed letters alone.
"""

import psycopg
import pytest
from django.conf import settings

from tests.border.guards import connected

pytestmark = pytest.mark.django_db

#: The CHECK: its table, who did the one thing, who does the other, and the test of the page.
ACTS = {
    "round_second_person": (
        "outreach_round",
        "made_by_id",
        "fixed_by_id",
        "tests/outreach/test_rounds_pages.py::test_the_maker_who_posts_anyway_is_told_why_not",
    ),
    "safety_second_person": (
        "outreach_safetyinstruction",
        "made_by_id",
        "decided_by_id",
        "tests/outreach/test_safety.py::test_nobody_approves_his_own",
    ),
    "retention_second_person": (
        "outreach_retentionrule",
        "made_by_id",
        "agreed_by_id",
        "tests/outreach/test_destruction_admin.py::test_who_proposed_a_term_does_not_agree_to_it_by_address_either",
    ),
    "destruction_second_person": (
        "outreach_destructionlist",
        "asked_by_id",
        "approved_by_id",
        "tests/eligibility/test_destroying.py::test_who_asked_does_not_approve_in_the_form_nor_in_sql",
    ),
    "transparency_second_person": (
        "eligibility_transparency",
        "made_by_id",
        "approved_by_id",
        "tests/eligibility/test_transparency.py::test_the_maker_does_not_approve_his_own_version_not_even_in_sql",
    ),
    "unseal_second_person": (
        "eligibility_unsealrequest",
        "asked_by_id",
        "adviser_id",
        "tests/eligibility/test_seals_pages.py::test_one_asks_another_agrees_and_both_read_it",
    ),
    "template_approved_by_another": (
        "letters_template",
        "made_by_id",
        "approved_by_id",
        "tests/letters/test_templates.py::test_the_maker_does_not_approve_his_own_text",
    ),
    "application_second_is_another": (
        "letters_application",
        "decided_by_id",
        "second_by_id",
        "tests/letters/test_assessment.py::test_near_a_limit_another_person_looks_along",
    ),
    "export_fetched_by_another": (
        "letters_grantexport",
        "asked_by_id",
        "fetched_by_id",
        "tests/letters/test_exports.py::test_who_asked_does_not_fetch",
    ),
    "share_second_person": (
        "letters_share",
        "made_by_id",
        "signed_by_id",
        "tests/letters/test_sharing.py::test_who_made_it_does_not_sign_it",
    ),
}


def test_these_are_all_acts_of_two_people():
    with connected("migrate") as migrate:
        found = migrate.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c'"
            r" AND pg_get_constraintdef(oid) ~ 'NOT \(+\w+_id = \w+_id\)'"
        ).fetchall()
    assert {name for (name,) in found} == set(ACTS)


@pytest.mark.parametrize("name", ACTS)
def test_the_same_person_twice_is_refused_whoever_writes_the_sql(name):
    """As the owner of the table, on a copy with this rule alone: no right and no trigger stands before it."""
    table, one, other, _ = ACTS[name]
    with connected("migrate") as migrate:
        (rule,) = migrate.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        ).fetchone()
        migrate.execute(f"CREATE TEMP TABLE proef AS SELECT * FROM {table} WHERE false")
        migrate.execute(f"ALTER TABLE proef ADD CONSTRAINT {name} {rule}")
        migrate.execute(f"INSERT INTO proef ({one}, {other}) VALUES (1, 2), (1, NULL)")
        with pytest.raises(psycopg.errors.CheckViolation) as refused:
            migrate.execute(f"INSERT INTO proef ({one}, {other}) VALUES (1, 1)")
    assert refused.value.diag.constraint_name == name


@pytest.mark.parametrize("name", ACTS)
def test_without_its_rule_the_same_person_does_both(name):
    """No other rule of the table holds it: with this one taken off, nothing that compares people is left."""
    table, one, other, _ = ACTS[name]
    with connected("migrate") as migrate:
        left = migrate.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c' AND conrelid = %s::regclass AND conname <> %s AND conname ~ '_person|another'",
            [table, name],
        ).fetchall()
        migrate.execute(f"CREATE TEMP TABLE proef AS SELECT * FROM {table} WHERE false")
        for other_name, rule in left:
            migrate.execute(f"ALTER TABLE proef ADD CONSTRAINT {other_name} {rule}")
        migrate.execute(f"INSERT INTO proef ({one}, {other}) VALUES (1, 1)")


@pytest.mark.parametrize("name", ACTS)
def test_its_page_is_tried_by_the_same_person_too(name):
    file, test = ACTS[name][3].split("::")
    assert f"def {test}(" in (settings.BASE_DIR / file).read_text(encoding="utf-8")
