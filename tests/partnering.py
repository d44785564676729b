"""Invitations to partnerships, made as the pages make them."""

from uuid import uuid4

from relationships.services.partnerships import invite_reseller


def invite(provider, staff, *, email="adam@adatum.onmicrosoft.com", language="en", note="", sends=False, **options):
    values = {"email": email, "language": language, "note": note}
    options = {"again": True, "wish": uuid4().hex} | options
    return invite_reseller(provider, values, sends=sends, actor=staff.user, **options)
