"""How forms look: label, help, error and control in the order and classes of the design system."""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

TEXTBOX = "utrecht-textbox utrecht-textbox--html-input"
SELECT = "utrecht-select utrecht-select--html-select"
# Widget template (Django's own, so that the admin keeps its look) to the classes of the design system.
CONTROL_CLASSES = {
    "django/forms/widgets/text.html": TEXTBOX,
    "django/forms/widgets/number.html": TEXTBOX,
    "django/forms/widgets/email.html": TEXTBOX,
    "django/forms/widgets/url.html": TEXTBOX,
    "django/forms/widgets/password.html": TEXTBOX,
    "django/forms/widgets/date.html": TEXTBOX,
    "django/forms/widgets/time.html": TEXTBOX,
    "django/forms/widgets/datetime.html": TEXTBOX,
    "django/forms/widgets/textarea.html": "utrecht-textarea utrecht-textarea--html-textarea",
    "django/forms/widgets/select.html": SELECT,
    "django/forms/widgets/file.html": "kit-file",
    "django/forms/widgets/clearable_file_input.html": "kit-file",
}
# Radio buttons and checkboxes are not here: templates/forms/field.html makes tiles of them.
INVALID_CLASSES = {TEXTBOX: "utrecht-textbox--invalid", SELECT: "utrecht-select--invalid"}


class BereikFormRenderer(TemplatesSetting):
    """Renders forms with templates/forms/ and gives each control its class, also in third-party forms.

    A view need not touch a widget: `{{ form }}` or `{{ field.as_field_group }}` is enough. A class that the
    form itself set is kept. A placeholder goes: it says again what the label says, and leaves when one types.
    """

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Render a form, field or widget template."""
        widget = context.get("widget")
        if widget is not None and template_name in CONTROL_CLASSES:
            context = {
                **context,
                "widget": {**widget, "attrs": _with_classes(template_name, widget["attrs"])},
            }
        return super().render(template_name, context, request)


def _with_classes(template_name: str, attributes: dict[str, Any]) -> dict[str, Any]:
    own = CONTROL_CLASSES[template_name]
    attributes = {name: value for name, value in attributes.items() if name != "placeholder"}
    classes = [attributes.get("class", ""), own]
    if attributes.get("aria-invalid") == "true":
        classes.append(INVALID_CLASSES.get(own, ""))
    return {**attributes, "class": " ".join(filter(None, classes))}
