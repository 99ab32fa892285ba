"""Forms of the admin for printing vendors and their programs."""

from django import forms

from letters.models import Vendor, VendorClient


class NewVendorClientForm(forms.ModelForm):
    """A program that may call from now on."""

    vendor = forms.ModelChoiceField(Vendor.objects.filter(active=True), label="Drukker")

    class Meta:
        model = VendorClient
        fields = ("vendor", "label", "sandbox")
        help_texts = {
            "label": "Waar je deze toegang later aan herkent, zoals “productie” of “test van maart”.",
            "sandbox": "Ziet alleen de testpartij met verzonnen mensen, wat het programma ook vraagt.",
        }
