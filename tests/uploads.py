"""Files of users, as people upload them."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from customers.models import UserImport

HEADER = ("First name", "Last name", "Display name", "Email", "Status update")
GOOD = ("Kim", "Park", "Kim Park", "kim@tailspintoys.com", "")
FAULTY = ("", "", "x" * 51, "kim@elsewhere.com", "")


def content_of(*rows, header=HEADER):
    """The bytes of a file with these rows below the header."""
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def people(count, domain="tailspintoys.com"):
    """A file of so many people, all in order."""
    lines = "".join(f"Kim,Park {number},Kim {number},kim{number}@{domain},\r\n" for number in range(1, count + 1))
    return (",".join(HEADER) + "\r\n" + lines).encode()


def send(client, customer, content, name="users.csv"):
    """Upload a file through its page; the answer."""
    address = reverse("customers:upload", args=[customer.tenant_id])
    return client.post(address, {"file": SimpleUploadedFile(name, content, "text/csv")})


def uploaded(client, customer, content):
    """Upload a file through its page; the row it became."""
    answer = send(client, customer, content)
    return UserImport.objects.get(pk=answer.url.rstrip("/").split("/")[-1])


def page_of(user_import, name="import"):
    return reverse(f"customers:{name}", args=[user_import.customer.tenant_id, user_import.pk])


def cells(answer):
    """The rows of a CSV answer, its header included."""
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
