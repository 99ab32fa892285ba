"""Who may open what: one line for each address and method. A new address without a line fails the tests.

`get("name", ROLES, "round")` says that these roles may open the page, with the key of `round` in its address
(the objects of `tests/outreach/test_access.py`; a text that names none stands for itself). Everybody else
gets 403, a visitor goes to the page to sign in. Write the roles out: a table that reads permissions.py
would agree with every mistake in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from outreach.models import Role

FIELD = frozenset({Role.BUURTTEAM, Role.CONSULENT, Role.TEAMLEIDER})
ROUNDS = frozenset({Role.APPLICATIEBEHEERDER, Role.TEAMLEIDER})
LETTERS = ROUNDS | {Role.COMMUNICATIEADVISEUR}
LEADERS = frozenset({Role.TEAMLEIDER})
DECIDERS = frozenset({Role.CONSULENT, Role.TEAMLEIDER})
WRITERS = frozenset({Role.COMMUNICATIEADVISEUR})
APPROVERS = WRITERS | LEADERS
MANAGERS = frozenset({Role.APPLICATIEBEHEERDER})
REGISTER = frozenset({Role.FUNCTIONEEL_BEHEERDER, Role.PRIVACY_OFFICER})
REFERENCE = frozenset({Role.FUNCTIONEEL_BEHEERDER})
PRIVACY = frozenset({Role.PRIVACY_OFFICER})
LAWYERS = frozenset({Role.JURIDISCH_ADVISEUR})
SHARERS = ROUNDS | LAWYERS
REPORTERS = frozenset({Role.ANALIST, Role.TEAMLEIDER})
#: Who asks why somebody was found, and who agrees that it is opened.
SEALS = PRIVACY | LAWYERS
NOBODY: frozenset[Role] = frozenset()
#: Whoever is signed in, even without a role.
SIGNED_IN = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Row:
    """One address with one method, and the roles that may. `scoped` is about people of one area: to somebody
    with the role who works elsewhere it is not there (404). `public` needs nobody to sign in. `program` is
    for who has a token: whoever signs in, or does not, gets 401. `sent` are the fields of the form that is
    posted, where without any the answer is about those and not about who asks."""

    page: str
    method: str
    roles: frozenset[Role]
    args: tuple[str, ...] = ()
    scoped: bool = False
    public: bool = False
    program: bool = False
    sent: str = ""


def get(page: str, roles: frozenset[Role], *args: str, scoped: bool = False) -> Row:
    return Row(page, "GET", roles, args, scoped)


def post(page: str, roles: frozenset[Role], *args: str, scoped: bool = False) -> Row:
    return Row(page, "POST", roles, args, scoped)


def public(page: str) -> Iterator[Row]:
    yield Row(page, "GET", SIGNED_IN, public=True)
    yield Row(page, "POST", SIGNED_IN, public=True)


def form(page: str, roles: frozenset[Role], *args: str, scoped: bool = False) -> Iterator[Row]:
    """A page with a form that is sent to the same address."""
    yield get(page, roles, *args, scoped=scoped)
    yield post(page, roles, *args, scoped=scoped)


def register(
    model: str,
    key: str,
    *,
    add: frozenset[Role] = NOBODY,
    change: frozenset[Role] = NOBODY,
    delete: frozenset[Role] = NOBODY,
) -> Iterator[Row]:
    """The pages of one model in the admin. All of them may be looked at by who may see the registers."""
    yield get(f"admin:{model}_changelist", REGISTER)
    yield get(f"admin:{model}_history", REGISTER, key)
    yield get(f"admin:{model}_change", REGISTER, key)
    yield post(f"admin:{model}_change", change, key)
    yield from form(f"admin:{model}_add", add)
    yield from form(f"admin:{model}_delete", delete, key)


def file_list(model: str) -> Iterator[Row]:
    """The pages by which a list in the admin is read from a file, and written to one."""
    yield from form(f"admin:{model}_import", REFERENCE)
    yield post(f"admin:{model}_process_import", REFERENCE)
    yield from form(f"admin:{model}_export", REGISTER)


OUTREACH = (
    get("home", SIGNED_IN),
    *form("sign_in", SIGNED_IN),
    *form("admin:sign_in", SIGNED_IN),
    Row("service_worker", "GET", SIGNED_IN, public=True),
    Row("offline", "GET", SIGNED_IN, public=True),
    Row("security_txt", "GET", SIGNED_IN, public=True),
    get("places", SIGNED_IN),
    get("help", SIGNED_IN),
    get("help_topic", SIGNED_IN, "start"),
    get("notifications", SIGNED_IN),
    *form("notification", SIGNED_IN, "1"),
    post("notifications_read", SIGNED_IN),
    *form("own_settings", SIGNED_IN),
    *form("breach_report", SIGNED_IN),
    get("rounds", ROUNDS),
    *form("round_new", ROUNDS),
    get("round", ROUNDS, "round"),
    post("round_fix", ROUNDS, "round"),
    post("round_close", ROUNDS, "round"),
    post("round_withdraw", ROUNDS, "round"),
    get("looplijsten", FIELD),
    *form("looplijst", FIELD, "looplijst", scoped=True),
    *form("looplijst_print", FIELD, "looplijst", scoped=True),
    *form("looplijst_cut", LEADERS, "round"),
    *form("looplijsten_give", LEADERS),
    *form("looplijst_give", LEADERS, "looplijst"),
    get("staff", LEADERS | REFERENCE),
    *form("staff_leave", LEADERS | REFERENCE, "colleague"),
    get("sheets", FIELD),
    *form("sheet", FIELD, "sheet", scoped=True),
    *form("sheet_lose", FIELD, "sheet", scoped=True),
    get("household", FIELD, "household", scoped=True),
    *form("gesprek", FIELD, "household", scoped=True),
    post("draft_keep", FIELD, "household", scoped=True),
    post("draft_discard", FIELD, "household", scoped=True),
    post("claim_next", FIELD, "looplijst", scoped=True),
    post("claim_take", FIELD, "household", scoped=True),
    post("claim_give_back", FIELD, "household", scoped=True),
    post("claim_skip", FIELD, "household", scoped=True),
    post("item_reopen", LEADERS, "household"),
    *form("task_new", FIELD, "household", scoped=True),
    get("tasks", FIELD),
    get("card", FIELD),
    get("task", FIELD, "task", scoped=True),
    post("task_done", FIELD, "task", scoped=True),
    post("task_drop", FIELD, "task", scoped=True),
    post("task_give", FIELD, "task", scoped=True),
    post("task_move", FIELD, "task", scoped=True),
    *form("search", FIELD),
    *form("referral_new", FIELD, "household", scoped=True),
    *form("referral", FIELD, "household", "referral", scoped=True),
    post("referral_give", FIELD, "household", "referral", scoped=True),
    post("referral_move", FIELD, "household", "referral", scoped=True),
    *form("safety_new", FIELD, "household", scoped=True),
    *form("safety", FIELD, "household", "safety", scoped=True),
    get("safety_list", DECIDERS),
    *form("representative_new", DECIDERS, "household"),
    *form("representative_end", DECIDERS, "household", "representative"),
    *form("opt_out", DECIDERS, "household"),
    get("opt_out_letter", DECIDERS, "household", "opt_out"),
    *form("opt_out_number", DECIDERS | PRIVACY),
    *form("opt_out_successor", DECIDERS | PRIVACY),
    get("report", REPORTERS),
    post("report_make", REPORTERS),
    get("report_csv", REPORTERS, "regeling"),
)

ELIGIBILITY = (
    get("runs", MANAGERS),
    post("run_start", MANAGERS),
    get("run", MANAGERS, "run"),
    get("run_progress", MANAGERS, "run"),
    get("run_account", MANAGERS, "run"),
    post("run_cancel", MANAGERS, "run"),
    post("run_retry", MANAGERS, "run"),
    get("delivery_calendar", MANAGERS),
    get("deliveries", MANAGERS),
    get("delivery_choose", MANAGERS),
    *form("delivery_upload", MANAGERS),
    get("delivery", MANAGERS, "delivery"),
    get("delivery_progress", MANAGERS, "delivery"),
    get("delivery_errors", MANAGERS, "delivery"),
    post("delivery_accept", MANAGERS, "delivery"),
    post("delivery_retry", MANAGERS, "delivery"),
    post("delivery_withdraw", MANAGERS, "delivery"),
)

LETTERS_ROOM = (
    get("letter_rounds", LETTERS),
    *form("desk_letter", FIELD),
    get("letter_round", LETTERS, "letter_round"),
    get("letter_round_progress", LETTERS, "letter_round"),
    get("letter_rejected", LEADERS, "letter_round"),
    get("letter_preview", LETTERS, "letter_round", "zeker"),
    get("letter_part", ROUNDS, "part"),
    post("letter_part_retry", ROUNDS, "part"),
    post("letter_part_now", ROUNDS, "part"),
    get("letter_texts", LETTERS),
    get("letter_texts_together", APPROVERS),
    get("letter_texts_preview", APPROVERS),
    post("letter_texts_judge", WRITERS),
    post("letter_texts_approve", APPROVERS),
    get("letter_text", LETTERS, "text"),
    get("letter_text_preview", LETTERS, "text", "0", "lang"),
    get("letter_text_compare", LETTERS, "text", "text"),
    post("letter_text_add", WRITERS, "stadspas"),
    post("letter_text_next", WRITERS, "text"),
    *form("letter_text_edit", WRITERS, "text"),
    post("letter_text_check", WRITERS, "text"),
    post("letter_text_judge", WRITERS, "text"),
    post("letter_text_approve", APPROVERS, "text"),
    post("letter_text_refuse", APPROVERS, "text"),
    get("letter_list", LEADERS, "letter_round"),
    *form("letter_round_close", ROUNDS, "letter_round"),
    *form("letter_batch_new", ROUNDS, "letter_round"),
    post("letter_round_remind", ROUNDS, "letter_round"),
    get("letter_batches", LETTERS),
    get("letter_batch", LETTERS, "batch"),
    get("letter_batch_progress", LETTERS, "batch"),
    post("letter_batch_release", ROUNDS, "batch"),
    post("letter_batch_withdraw", ROUNDS, "batch"),
    post("letter_batch_free", ROUNDS, "batch"),
    post("letter_batch_recall", ROUNDS, "batch"),
    post("letter_batch_anew", ROUNDS, "batch"),
    get("letter_errand_progress", LETTERS, "errand"),
    get("letter_batch_left", LEADERS, "batch"),
    get("letter_batch_recalls", LEADERS, "batch"),
    get("letter", FIELD, "letter", scoped=True),
    *form("letter_pause", FIELD, "letter", scoped=True),
    post("letter_pause_end", FIELD, "letter", "pause", scoped=True),
    post("letter_reprint", LEADERS, "letter"),
    post("letter_recall", LEADERS, "letter"),
    get("work", DECIDERS),
    get("work_item", DECIDERS, "work"),
    get("work_image", DECIDERS, "work", "1"),
    post("work_owner", DECIDERS, "work"),
    post("work_link", DECIDERS, "work"),
    post("work_accept", DECIDERS, "work"),
    post("work_pass_on", DECIDERS, "work"),
    post("work_ask", DECIDERS, "work"),
    post("work_plan_anew", DECIDERS, "work"),
    post("work_close", DECIDERS, "work"),
    get("applications", DECIDERS),
    get("application", DECIDERS, "application"),
    get("application_image", DECIDERS, "application", "1"),
    get("application_scan", DECIDERS, "application", "00000000-0000-0000-0000-000000000001", "1"),
    post("application_go_on", DECIDERS, "application"),
    post("application_extend", DECIDERS, "application"),
    post("application_save", DECIDERS, "application"),
    post("application_grant", DECIDERS, "application"),
    post("application_refuse", DECIDERS, "application"),
    post("application_confirm", DECIDERS, "application"),
    post("application_send_back", DECIDERS, "application"),
    post("application_missing", DECIDERS, "application"),
    *form("legal_bases", LAWYERS),
    post("legal_basis_withdraw", LAWYERS, "legal_basis"),
    get("shares", SHARERS),
    post("shares", ROUNDS),
    get("share", SHARERS, "share"),
    get("share_preview", SHARERS, "share"),
    post("share_sign", LAWYERS, "share"),
    post("share_withdraw", SHARERS, "share"),
    post("share_ask", ROUNDS, "share"),
    post("share_file", MANAGERS, "share_file"),
    get("exports", ROUNDS),
    post("export_ask", LEADERS),
    post("export_again", LEADERS, "export"),
    post("export_fetch", ROUNDS, "export"),
)

ACCOUNT = (
    *public("account_login"),
    *public("account_signup"),
    Row("municipal_start", "GET", SIGNED_IN, public=True),
    Row("municipal_back", "GET", SIGNED_IN, public=True),
    *public("account_logout"),
    *public("mfa_authenticate"),
    *form("account_reauthenticate", SIGNED_IN),
    *form("account_change_password", SIGNED_IN),
    get("mfa_index", SIGNED_IN),
    *form("mfa_reauthenticate", SIGNED_IN),
    *form("mfa_activate_totp", SIGNED_IN),
    *form("mfa_deactivate_totp", SIGNED_IN),
    get("mfa_view_recovery_codes", SIGNED_IN),
    *form("mfa_generate_recovery_codes", SIGNED_IN),
    get("mfa_download_recovery_codes", SIGNED_IN),
)


def program(page: str, *methods: str, args: tuple[str, ...] = ()) -> Iterator[Row]:
    """An address of the API of a printing vendor. tests/api says which token opens it."""
    for method in methods:
        yield Row(page, method, NOBODY, args, program=True)


SOME_ID = "6f1b7f0e-9a52-4a55-8a5b-7c3f0f0b5f10"
API = (
    Row("api_token", "POST", NOBODY, program=True, sent="grant_type=client_credentials"),
    Row("api_openapi", "GET", SIGNED_IN, public=True),
    *program("api_announcements", "GET"),
    *program("api_batches", "GET"),
    *program("api_batch", "GET", args=(SOME_ID,)),
    *program("api_manifest", "GET", args=(SOME_ID, "1")),
    *program("api_document", "GET", args=(SOME_ID, "1")),
    *program("api_confirmation", "PUT", args=(SOME_ID, "1")),
    *program("api_letter", "GET", args=(SOME_ID,)),
    *program("api_messages", "GET"),
    *program("api_message_batch", "POST"),
    *program("api_recalls", "GET"),
    *program("api_recall_answer", "PUT", args=(SOME_ID,)),
    *program("api_delivery", "PUT", args=(SOME_ID,)),
    *program("api_reading_batch", "POST", args=(SOME_ID,)),
    *program("api_scan", "PUT", args=(SOME_ID, SOME_ID)),
    *program("api_closing", "PUT", args=(SOME_ID,)),
    *program("api_processing", "GET", args=(SOME_ID,)),
    *program("api_invoice", "GET", args=("2026-03",)),
    *program("api_test_batch", "GET"),
    *program("api_test_manifest", "GET"),
    *program("api_test_document", "GET"),
    *program("api_test_confirmation", "PUT"),
)

ADMIN = (
    get("admin:index", REGISTER | LAWYERS),
    get("admin:login", REGISTER | LAWYERS),
    post("admin:logout", REGISTER | LAWYERS),
    *form("admin:password_change", REGISTER | LAWYERS),
    get("admin:password_change_done", REGISTER | LAWYERS),
    get("admin:jsi18n", REGISTER | LAWYERS),
    get("admin:autocomplete", NOBODY),
    get("admin:view_on_site", REGISTER | LAWYERS, "1", "1"),
    get("admin:app_list", REGISTER | LAWYERS, "outreach"),
    *register("outreach_user", "user", add=REFERENCE, change=REFERENCE),
    *form("admin:auth_user_password_change", REFERENCE, "user"),
    *register("outreach_team", "team", add=REFERENCE, change=REFERENCE),
    *register("outreach_regeling", "stadspas", change=REFERENCE),
    *register("outreach_buurt", "BU1", add=REFERENCE, change=REFERENCE, delete=REFERENCE),
    *file_list("outreach_buurt"),
    *form("admin:outreach_buurt_map", REFERENCE),
    *register("admin_logentry", "log_entry"),
    get("admin:processing", PRIVACY),
    get("admin:processing_csv", PRIVACY),
    *form("admin:audit", PRIVACY),
    get("admin:data_log", PRIVACY),
    get("admin:audit_household", PRIVACY, "household"),
    get("admin:audit_user", PRIVACY, "user"),
    *form("admin:audit_roles", PRIVACY),
    get("admin:audit_role_review", PRIVACY, "role_review"),
    get("admin:optout_optout_changelist", PRIVACY),
    get("admin:optout_optout_history", PRIVACY, "opt_out"),
    get("admin:optout_optout_change", PRIVACY, "opt_out"),
    post("admin:optout_optout_change", NOBODY, "opt_out"),
    *form("admin:optout_optout_add", NOBODY),
    *form("admin:optout_optout_delete", NOBODY, "opt_out"),
    *register("optout_publicnotice", "notice", add=PRIVACY),
    get("admin:optout_publicnotice_scan", REGISTER, "notice"),
    get("admin:outreach_breach_changelist", PRIVACY),
    get("admin:outreach_breach_history", PRIVACY, "breach"),
    get("admin:outreach_breach_change", PRIVACY, "breach"),
    post("admin:outreach_breach_change", PRIVACY, "breach"),
    *form("admin:outreach_breach_add", NOBODY),
    *form("admin:outreach_breach_delete", NOBODY, "breach"),
    get("admin:outreach_subjectrequest_changelist", PRIVACY),
    get("admin:outreach_subjectrequest_history", PRIVACY, "subject_request"),
    get("admin:outreach_subjectrequest_change", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_change", NOBODY, "subject_request"),
    *form("admin:outreach_subjectrequest_add", PRIVACY),
    *form("admin:outreach_subjectrequest_delete", NOBODY, "subject_request"),
    get("admin:outreach_subjectrequest_pakket", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_identiteit", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_verlengen", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_doorgeven", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_beantwoorden", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_afwijzen", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_vasthouden", PRIVACY, "subject_request"),
    post("admin:outreach_subjectrequest_opheffen", PRIVACY, "subject_request"),
    *register("outreach_organisation", "organisation", add=REFERENCE, change=REFERENCE),
    *register("outreach_retentionrule", "retention_rule", add=REFERENCE),
    post("admin:outreach_retentionrule_akkoord", PRIVACY, "retention_rule"),
    *register("outreach_legalhold", "legal_hold", add=PRIVACY),
    post("admin:outreach_legalhold_opheffen", PRIVACY, "legal_hold"),
    *register("outreach_destructionlist", "destruction_list", add=REGISTER),
    post("admin:outreach_destructionlist_goedkeuren", PRIVACY, "destruction_list"),
    post("admin:outreach_destructionlist_intrekken", REGISTER, "destruction_list"),
    get("admin:outreach_destructionlist_verklaring", REGISTER, "destruction_list"),
    get("admin:eligibility_unsealrequest_changelist", SEALS),
    get("admin:eligibility_unsealrequest_history", SEALS, "unseal_request"),
    get("admin:eligibility_unsealrequest_change", SEALS, "unseal_request"),
    post("admin:eligibility_unsealrequest_change", NOBODY, "unseal_request"),
    *form("admin:eligibility_unsealrequest_add", PRIVACY),
    *form("admin:eligibility_unsealrequest_delete", NOBODY, "unseal_request"),
    get("admin:eligibility_unsealrequest_antwoord", SEALS, "unseal_request"),
    post("admin:eligibility_unsealrequest_toestaan", LAWYERS, "unseal_request"),
    post("admin:eligibility_unsealrequest_weigeren", LAWYERS, "unseal_request"),
    post("admin:eligibility_unsealrequest_intrekken", PRIVACY, "unseal_request"),
    *register("letters_vendor", "vendor", add=REFERENCE, change=REFERENCE),
    *register("letters_vendorclient", "vendor_client", add=REFERENCE, change=REFERENCE),
    *register("eligibility_bron", "brp", change=REFERENCE),
    *register("eligibility_agreement", "agreement", add=REFERENCE, change=REFERENCE),
    *register("eligibility_transparency", "transparency", add=REGISTER),
    post("admin:eligibility_transparency_goedkeuren", PRIVACY, "transparency"),
    get("admin:eligibility_transparency_pdf", REGISTER, "transparency"),
    *register("eligibility_bronground", "ground", add=REFERENCE, change=REFERENCE, delete=REFERENCE),
    *register("eligibility_postcodebuurt", "1099AB", add=REFERENCE, change=REFERENCE, delete=REFERENCE),
    *file_list("eligibility_postcodebuurt"),
    *register("letters_incomenorm", "norm", add=REFERENCE, change=REFERENCE, delete=REFERENCE),
    *register("letters_assetlimit", "asset_limit", add=REFERENCE, change=REFERENCE, delete=REFERENCE),
    *register("letters_incomepercentage", "percentage", add=REFERENCE, change=REFERENCE, delete=REFERENCE),
    *register("letters_legalbasis", "legal_basis"),
    *register("letters_payingadministration", "administration", add=REFERENCE, change=REFERENCE),
)

ROOMS: dict[str, tuple[Row, ...]] = {
    "outreach": OUTREACH,
    "eligibility": ELIGIBILITY,
    "letters": LETTERS_ROOM,
    "api": API,
    "account": ACCOUNT,
    "admin": ADMIN,
}

#: Addresses without a name: Django's admin sends an old form of address on, and answers 404 to the rest.
UNNAMED = (r"^beheer/\w+/\w+/<path:object_id>/$", r"^beheer/\(\?P<url>\.\*\)\$$")
