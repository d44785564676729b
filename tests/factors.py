"""Second factors, as people have them on their phones."""

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)


def with_app(person):
    """Give a person an app that shows codes; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person.user, secret)
    return secret


def code_of(secret):
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
